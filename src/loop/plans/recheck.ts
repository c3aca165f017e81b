import { findAction } from '../../action/catalogue/index.ts';
import { planDigest } from '../../action/digest.ts';
import { type Hold, holdOf } from '../../action/guard.ts';
import { countingApprovals, listedRefusal } from '../../action/people.ts';
import { effectiveRisk } from '../../action/policy.ts';
import { personOf, user } from '../../domain/actor.ts';
import { OpsError } from '../../domain/errors.ts';
import { type Plan, stepOf } from '../../domain/plan.ts';
import { RISKS } from '../../domain/risk.ts';
import type { Ops } from '../ops.ts';

/** Whether a plan may run at this very moment. `hold`: not now, try again; `void`: never, it needs to be planned anew. */
export type Recheck =
  | { readonly kind: 'run' }
  | { readonly kind: 'hold'; readonly reason: Hold | 'cannot_check' | 'not_yet' }
  | {
      readonly kind: 'void';
      readonly reason: 'action_gone' | 'risk_raised' | 'approval_gone' | 'approvals_missing' | 'requester_gone' | 'target_gone' | 'target_changed';
    };

const HOUR_MS = 3_600_000;
const INSPECT_TIMEOUT_MS = 15_000;

/** Policy, people and target as they are now, not as they were when the plan was approved. */
export async function recheck(ops: Ops, plan: Plan): Promise<Recheck> {
  const nowMs = ops.clock.now();
  if (plan.state === 'notified' && (plan.runAtMs === null || nowMs < plan.runAtMs)) return { kind: 'hold', reason: 'not_yet' };
  const facts = findAction(plan.action);
  if (facts === null) return { kind: 'void', reason: 'action_gone' };
  if (RISKS.indexOf(effectiveRisk(facts, ops.policy)) > RISKS.indexOf(plan.risk)) return { kind: 'void', reason: 'risk_raised' };
  const hold = holdOf(plan, await serviceOf(ops, plan), await recentPlans(ops, plan, nowMs), await ops.store.switches.list(), nowMs, ops.policy);
  if (hold !== null) return { kind: 'hold', reason: hold };
  const people = await recheckPeople(ops, plan);
  return people.kind === 'run' ? await recheckTarget(ops, plan) : people;
}

/** The service a plan's target belongs to; pauses may name it. */
export async function serviceOf(ops: Ops, plan: Plan): Promise<string | null> {
  return (await ops.store.signals.topology()).resources.find((resource) => resource.id === plan.targetId)?.service ?? null;
}

async function recentPlans(ops: Ops, plan: Plan, nowMs: number): Promise<readonly Plan[]> {
  const states: readonly Plan['state'][] = ['claimed', 'running', 'verifying', 'succeeded', 'rolled_back', 'failed', 'outcome_unknown'];
  const plans = await ops.store.plans.list({ states, limit: 500 });
  return plans.filter((other) => other.id !== plan.id && (other.outcome === null || nowMs - other.updatedAtMs < 24 * HOUR_MS));
}

async function recheckPeople(ops: Ops, plan: Plan): Promise<Recheck> {
  try {
    const requester = personOf(plan.requestedBy);
    if (requester !== null && (await listedRefusal(plan.requestedBy, 'requesters', ops.policy, ops.directory)) !== null)
      return { kind: 'void', reason: 'requester_gone' };
    const needed = Math.max(plan.approvalsNeeded, plan.risk === 'critical' ? ops.policy.quorum : 0);
    if (countingApprovals(plan) < needed) return { kind: 'void', reason: 'approvals_missing' };
    for (const approval of plan.approvals) {
      if ((await listedRefusal(user(approval.userId), 'approvers', ops.policy, ops.directory)) !== null) return { kind: 'void', reason: 'approval_gone' };
    }
    return { kind: 'run' };
  } catch (thrown) {
    ops.log.warn({ plan: plan.id, err: thrown }, 'cannot check people; the plan waits');
    return { kind: 'hold', reason: 'cannot_check' };
  }
}

async function recheckTarget(ops: Ops, plan: Plan): Promise<Recheck> {
  try {
    const state = await ops.remediator.inspect(stepOf(plan), AbortSignal.timeout(INSPECT_TIMEOUT_MS));
    return planDigest(plan, state) === plan.digest ? { kind: 'run' } : { kind: 'void', reason: 'target_changed' };
  } catch (thrown) {
    if (thrown instanceof OpsError && thrown.code === 'not_found') return { kind: 'void', reason: 'target_gone' };
    ops.log.warn({ plan: plan.id, err: thrown }, 'cannot read the target; the plan waits');
    return { kind: 'hold', reason: 'cannot_check' };
  }
}
