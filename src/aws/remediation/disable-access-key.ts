import { type AccessKeyMetadata, ListAccessKeysCommand, UpdateAccessKeyCommand } from '@aws-sdk/client-iam';
import { asked, type Doing, refuse, type Target } from './doing.ts';

/** Every active access key of a user off; taken back by switching the same ones on. */
export const disableAccessKey: Doing = {
  name: 'disable_access_key',
  kinds: ['iam'],
  async prepare(target, _params, signal) {
    const active = (await keysOf(target, signal)).filter((key) => key.Status === 'Active').map((key) => key.AccessKeyId ?? '');
    return {
      summary: { active_keys: String(active.length) },
      relies: active.toSorted(),
      refusal: active.length === 0 ? refuse(`${target.name} has no active access key.`) : null,
      effect: `Switches ${active.length === 1 ? 'the access key' : `${active.length} access keys`} of ${target.name} off; whoever signs with ${active.length === 1 ? 'it' : 'them'} is refused.`,
      before: { keys: active.join(' ') },
      async act(_key, abort) {
        for (const key of active) await setStatus(target, key, 'Inactive', abort);
        return {};
      },
    };
  },
  async happened(target, receipt, signal) {
    const ours = (receipt['keys'] ?? '').split(' ');
    const off = (await keysOf(target, signal)).filter((key) => ours.includes(key.AccessKeyId ?? '') && key.Status === 'Inactive');
    return off.length === 0 ? 'no' : off.length === ours.length ? 'yes' : 'unknown';
  },
  async undo(target, receipt, signal) {
    for (const key of (receipt['keys'] ?? '').split(' ').filter(Boolean)) await setStatus(target, key, 'Active', signal);
  },
};

async function keysOf(target: Target, abortSignal: AbortSignal): Promise<AccessKeyMetadata[]> {
  const answer = await asked(target, 'iam:ListAccessKeys', () =>
    target.scope.check.iam.send(new ListAccessKeysCommand({ UserName: target.name }), { abortSignal }),
  );
  return answer.AccessKeyMetadata ?? [];
}

async function setStatus(target: Target, AccessKeyId: string, Status: 'Active' | 'Inactive', abortSignal: AbortSignal): Promise<void> {
  await asked(target, 'iam:UpdateAccessKey', () =>
    target.scope.act.iam.send(new UpdateAccessKeyCommand({ UserName: target.name, AccessKeyId, Status }), { abortSignal }),
  );
}
