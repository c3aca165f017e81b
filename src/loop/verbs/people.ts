import { listedRefusal, type Refusal } from '../../action/people.ts';
import type { Actor } from '../../domain/actor.ts';
import { type ErrorCode, OpsError } from '../../domain/errors.ts';
import type { Policy } from '../../domain/policy.ts';
import type { Ops } from '../ops.ts';

/** One sentence and one hint for each reason to refuse. */
const WORDS: Record<Refusal, { code: ErrorCode; message: string; hint: string }> = {
  not_waiting: { code: 'conflict', message: '{plan} does not wait for approval any more.', hint: 'Its card shows where it is now.' },
  expired: { code: 'expired', message: 'The time to approve {plan} is over.', hint: 'Ask for the fix again to get a new plan.' },
  plan_changed: { code: 'conflict', message: '{plan} is not what you saw when you pressed the button.', hint: 'Read its card again, then decide.' },
  machine: { code: 'forbidden', message: 'Only a person can do this, not a machine.', hint: 'Use the buttons in Slack, or a token that belongs to a person.' },
  unknown_person: { code: 'forbidden', message: 'Slack does not know you as an active person of this workspace.', hint: 'Ask a workspace admin.' },
  not_listed: {
    code: 'forbidden',
    message: 'You may not {verb}: the policy does not name you.',
    hint: 'The people who may are set under policy.{list} in the config.',
  },
  requester: { code: 'forbidden', message: 'You asked for {plan}, so somebody else has to approve it.', hint: 'Ask a colleague who may approve.' },
  already_approved: { code: 'conflict', message: 'Your approval of {plan} counts already.', hint: 'A different person has to give the next one.' },
};

/** The refusal as an error in words. */
export function refuse(refusal: Refusal, params: { readonly plan?: string; readonly verb?: string; readonly list?: string }): OpsError {
  const { code, message, hint } = WORDS[refusal];
  const fill = (text: string): string => text.replaceAll(/\{(\w+)\}/g, (_, name: string) => params[name as keyof typeof params] ?? 'this');
  return new OpsError(code, fill(message), fill(hint));
}

/** Throws unless the policy lists this person for it. */
export async function requireListed(
  ops: Ops,
  actor: Actor,
  list: 'requesters' | 'approvers' | 'operators',
  verb: string,
  policy: Policy = ops.policy,
): Promise<void> {
  const refusal = await listedRefusal(actor, list, policy, ops.directory);
  if (refusal !== null) throw refuse(refusal, { verb, list });
}
