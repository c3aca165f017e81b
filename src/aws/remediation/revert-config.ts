import { GetParameterHistoryCommand, type ParameterHistory, PutParameterCommand } from '@aws-sdk/client-ssm';
import { asked, changedSince, compare, type Doing, missing, type Prepared, refuse, type Target } from './doing.ts';
import { profileHappened, profileOf, revertProfile, undoProfile } from './revert-appconfig.ts';

/**
 * An AppConfig profile or an SSM parameter back to the version before. Values never leave this file: plans and receipts name
 * versions.
 */
export const revertConfig: Doing = {
  name: 'revert_config',
  kinds: ['config'],
  prepare(target, _params, signal) {
    const profile = profileOf(target);
    return profile === null ? parameter(target, signal) : revertProfile(target, profile, signal);
  },
  async happened(target, receipt, signal) {
    const profile = profileOf(target);
    if (profile !== null) return await profileHappened(target, profile, receipt, signal);
    const [now] = await versions(target, signal);
    return compare(String(now?.Version), receipt);
  },
  async undo(target, receipt, signal) {
    const profile = profileOf(target);
    if (profile !== null) return await undoProfile(target, profile, receipt, signal);
    const all = await versions(target, signal);
    const [now] = all;
    if (String(now?.Version) !== receipt['after']) throw changedSince(target, 'The value');
    await put(
      target,
      all.find((one) => String(one.Version) === receipt['before']),
      signal,
    );
  },
};

async function parameter(target: Target, signal: AbortSignal): Promise<Prepared> {
  const [now, earlier] = await versions(target, signal);
  if (now === undefined) throw missing(target);
  return {
    summary: {
      version: String(now.Version ?? 0),
      changed: now.LastModifiedDate?.toISOString() ?? 'unknown',
      by: now.LastModifiedUser?.split('/').at(-1) ?? 'unknown',
      earlier: String(earlier?.Version ?? 'none'),
    },
    relies: [now.Version],
    refusal:
      earlier === undefined
        ? refuse(`${target.name} has no earlier version.`)
        : earlier.Value === now.Value
          ? refuse(`Version ${earlier.Version} of ${target.name} says the same as the present one.`)
          : null,
    effect: `Gives ${target.name} the value it had in version ${earlier?.Version}.`,
    before: { before: String(now.Version), after: String((now.Version ?? 0) + 1) },
    async act(_key, abort) {
      return { after: await put(target, earlier, abort) };
    },
  };
}

const parameterName = (target: Target): string => target.resource.name;

/** Newest first, with their values. */
async function versions(target: Target, abortSignal: AbortSignal): Promise<ParameterHistory[]> {
  const all: ParameterHistory[] = [];
  let NextToken: string | undefined;
  do {
    const page = await asked(target, 'ssm:GetParameterHistory', () =>
      target.scope.check.ssm.send(new GetParameterHistoryCommand({ Name: parameterName(target), WithDecryption: true, NextToken }), { abortSignal }),
    );
    all.push(...(page.Parameters ?? []));
    NextToken = page.NextToken;
  } while (NextToken !== undefined && all.length < 200);
  return all.sort((a, b) => (b.Version ?? 0) - (a.Version ?? 0));
}

async function put(target: Target, version: ParameterHistory | undefined, abortSignal: AbortSignal): Promise<string> {
  const answer = await asked(target, 'ssm:PutParameter', () =>
    target.scope.act.ssm.send(
      new PutParameterCommand({ Name: parameterName(target), Value: version?.Value, Type: version?.Type, KeyId: version?.KeyId, Overwrite: true }),
      { abortSignal },
    ),
  );
  return String(answer.Version ?? '');
}
