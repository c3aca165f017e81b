import { createHash } from 'node:crypto';
import { changedKeys, policyDigest } from '../../action/policy-change.ts';
import { type Actor, personOf, system } from '../../domain/actor.ts';
import { toOpsError } from '../../domain/errors.ts';
import { type Explanation, explain } from '../../domain/explanation.ts';
import { type Policy, PolicySchema } from '../../domain/policy.ts';
import { redact } from '../../domain/redact.ts';
import type { PolicyChange } from '../../domain/requests.ts';
import type { Repositories } from '../../domain/store.ts';
import type { Ops } from '../ops.ts';
import { lookForLacks } from '../plans/approvals.ts';
import { showPlan } from '../plans/notices.ts';
import { requireListed } from './people.ts';

const IN_FORCE = 'policy:in_force'; // the last one anybody saw in force: so that a change over a restart is seen as well
const MOST_PLANS = 200;
const MOST_REASON = 500;

/** Reads the policy again, for an operator. It counts only when the whole config is valid; else the one in force stays. */
export async function reloadPolicy(ops: Ops, actor: Actor): Promise<PolicyChange> {
  await requireListed(ops, actor, 'operators', 'reload the policy');
  return await takePolicy(ops, actor);
}

/** The same because the file changed, or the process was told to. People hear of a bad file once; the policy in force stays. */
export async function refreshPolicy(ops: Ops): Promise<PolicyChange | null> {
  return await takePolicy(ops, system('config')).catch((thrown: unknown) => {
    ops.log.error({ err: thrown }, 'the policy in the config cannot be used; the one in force stays');
    return null;
  });
}

/** At start: what changed since the process before is written down like any other change. */
export async function announcePolicy(ops: Ops): Promise<void> {
  const before = PolicySchema.nullable().safeParse(JSON.parse((await ops.store.settings.get(IN_FORCE)) ?? 'null')).data ?? null;
  const after = ops.policies.current();
  if (before !== null && policyDigest(before) === policyDigest(after)) return;
  await ops.store.transaction((tx) => record(tx, before, after, system('config'), ops.clock.now()));
}

async function takePolicy(ops: Ops, actor: Actor): Promise<PolicyChange> {
  const next = await readOrRefuse(ops, actor);
  const before = ops.policies.current();
  const nowMs = ops.clock.now();
  if (policyDigest(before) === policyDigest(next)) return { before: policyDigest(before), after: policyDigest(next), changed: [] };
  const change = await ops.store.transaction(async (tx) => {
    const recorded = await record(tx, before, next, actor, nowMs);
    const text = 'The policy changed ({changed}). It holds from now on, also for plans that wait.';
    await say(tx, explain('policy.changed', text, { changed: recorded.changed.join(', ') }), nowMs);
    return recorded;
  });
  ops.policies.putInForce(next);
  await lookAtWaiting(ops);
  ops.executor.pulse();
  return change;
}

/** The cards of what waits show what the new policy asks for. */
async function lookAtWaiting(ops: Ops): Promise<void> {
  const nowMs = ops.clock.now();
  const plans = await ops.store.plans.list({ states: ['notified', 'awaiting_approval', 'approved'], limit: MOST_PLANS });
  await ops.store.transaction(async (tx) => {
    for (const plan of plans) await showPlan(tx, plan, nowMs);
  });
  for (const plan of plans) {
    await lookForLacks(ops, plan).catch((thrown: unknown) => ops.log.warn({ plan: plan.id, err: thrown }, 'cannot say yet who has to approve'));
  }
}

async function readOrRefuse(ops: Ops, actor: Actor): Promise<Policy> {
  try {
    return ops.policies.read();
  } catch (thrown) {
    const nowMs = ops.clock.now();
    const reason = redact(toOpsError(thrown).message).slice(0, MOST_REASON);
    await ops.store.transaction(async (tx) => {
      await tx.audit.append({ actor, verb: 'policy.refused', subject: 'policy', detail: { inForce: policyDigest(ops.policy), reason } }, nowMs);
      const once = `policy_refused:${createHash('sha256').update(reason).digest('hex').slice(0, 16)}:${policyDigest(ops.policy).slice(0, 16)}`;
      if (personOf(actor) === null && (await tx.dedupe.firstTime(once, nowMs)))
        await say(tx, explain('policy.refused', 'The config file was changed and cannot be used, so the policy stays as it was. {reason}', { reason }), nowMs);
    });
    throw thrown;
  }
}

async function record(tx: Repositories, before: Policy | null, after: Policy, actor: Actor, nowMs: number): Promise<PolicyChange> {
  const change = { before: before === null ? null : policyDigest(before), after: policyDigest(after), changed: changedKeys(before, after) };
  await tx.audit.append({ actor, verb: 'policy.changed', subject: 'policy', detail: { ...change } }, nowMs);
  await tx.settings.set(IN_FORCE, JSON.stringify(after), nowMs);
  return change;
}

const say = (tx: Repositories, note: Explanation, nowMs: number): Promise<void> => tx.outbox.add({ type: 'channel', note, mentions: [] }, nowMs);
