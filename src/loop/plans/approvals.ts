import { approvalRefusal, countingApprovals, lacksOf, type Missing, type Refusal, stillMissing } from '../../action/people.ts';
import { type Actor, system, user } from '../../domain/actor.ts';
import { explain } from '../../domain/explanation.ts';
import type { Lack, Plan } from '../../domain/plan.ts';
import type { Ops } from '../ops.ts';
import { showPlan, tell } from './notices.ts';
import { policyOf } from './recheck.ts';

const WORDS: Record<Exclude<Missing, 'approvals'>, string> = {
  executor: '{plan} has enough approvals; one of the people who may start it has to be among them.',
  outside_group: '{plan} has enough approvals; one has to come from outside the group of the person who asked.',
};

/** Why this approval would not count now; null: it would. The one decision behind the button, the command, the API and the Home tab. */
export const approvalRefusalNow = async (ops: Ops, plan: Plan, actor: Actor, digest: string | null): Promise<Refusal | null> =>
  await approvalRefusal(plan, actor, digest, ops.clock.now(), await policyOf(ops, plan), ops.directory);

/** Whether a plan waits for this very person. */
export const mayApprove = async (ops: Ops, userId: string, plan: Plan): Promise<boolean> => (await approvalRefusalNow(ops, plan, user(userId), null)) === null;

/** Looks up who still has to be among those who approve, and shows it on the plan's card when that is new. */
export async function lookForLacks(ops: Ops, plan: Plan): Promise<readonly Lack[]> {
  const lacks = await lacksOf(plan, await policyOf(ops, plan), ops.directory);
  if (JSON.stringify(lacks) === JSON.stringify(plan.lacks ?? [])) return lacks;
  const nowMs = ops.clock.now();
  await ops.store.transaction(async (tx) => {
    const shown = await tx.plans.patch(plan.id, { lacks: [...lacks] }, null, nowMs);
    if (shown !== null) await showPlan(tx, shown, nowMs);
  });
  return lacks;
}

/**
 * Lets a plan run once the right people have approved it. Called after each approval, and for every plan that waits, so that a
 * crash in between, or two approvals at once, leave none behind. False: something is still missing.
 */
export async function grant(ops: Ops, plan: Plan, actor: Actor = system('executor')): Promise<boolean> {
  if (plan.state !== 'awaiting_approval' || countingApprovals(plan) < plan.approvalsNeeded) return false;
  const missing = stillMissing(plan, await lookForLacks(ops, plan));
  const nowMs = ops.clock.now();
  return await ops.store.transaction(async (tx) => {
    const now = await tx.plans.get(plan.id);
    // While Slack was asked, others may have approved or thought better of it: then what is missing is worked out anew, at the next look.
    if (now === null || countingApprovals(now) < now.approvalsNeeded || approversOf(now) !== approversOf(plan)) return false;
    if (missing !== null && missing !== 'approvals') {
      if (await tx.dedupe.firstTime(`missing:${missing}:${plan.id}`, nowMs)) {
        await tell(tx, plan.incidentId, explain(`plan.missing_${missing}`, WORDS[missing], { plan: plan.id }), nowMs);
      }
      return false;
    }
    const moved = await tx.plans.move(plan.id, {
      from: ['awaiting_approval'],
      to: 'approved',
      digest: plan.digest,
      actor,
      verb: 'plan.approved',
      detail: { approvals: now.approvals.length },
      atMs: nowMs,
    });
    if (moved !== null) await showPlan(tx, moved, nowMs);
    return moved !== null;
  });
}

const approversOf = (plan: Plan): string => JSON.stringify(plan.approvals.map(({ userId }) => userId).sort());
