import { findAction } from '../../action/catalogue/index.ts';
import { planDigest } from '../../action/digest.ts';
import { failuresOf, type Hold, holdOf, standingSwitches } from '../../action/guard.ts';
import { countingApprovals, lacksOf, listedRefusal, stillMissing } from '../../action/people.ts';
import { decide, effectiveRisk } from '../../action/policy.ts';
import { type PlanPolicy, policyFor } from '../../action/rules.ts';
import { personOf, user } from '../../domain/actor.ts';
import { OpsError } from '../../domain/errors.ts';
import { type Plan, stepOf } from '../../domain/plan.ts';
import type { Policy } from '../../domain/policy.ts';
import { RISKS } from '../../domain/risk.ts';
import type { Repositories, Switch } from '../../domain/store.ts';
import type { Ops } from '../ops.ts';
import { isPromoted } from './promotions.ts';

/** Whether a plan may run at this very moment. `hold`: not now, try again; `void`: never, it needs to be planned anew. */
export type Recheck =
  | { readonly kind: 'run' }
  | { readonly kind: 'hold'; readonly reason: Hold | 'cannot_check' | 'not_yet' | 'quiet_hours' | 'change_freeze' | 'failed_before' }
  | {
      readonly kind: 'void';
      readonly reason: 'action_gone' | 'risk_raised' | 'approval_gone' | 'approvals_missing' | 'requester_gone' | 'target_gone' | 'target_changed';
    };

const HOUR_MS = 3_600_000;
const INSPECT_TIMEOUT_MS = 15_000;

/** Policy, people and target as they are now, not as they were when the plan was approved. */
export async function recheck(ops: Ops, plan: Plan): Promise<Recheck> {
  const { policy } = ops; // one policy for the whole look, whatever is reloaded meanwhile
  const nowMs = ops.clock.now();
  if (plan.state === 'notified' && (plan.runAtMs === null || nowMs < plan.runAtMs)) return { kind: 'hold', reason: 'not_yet' };
  const facts = findAction(plan.action);
  if (facts === null) return { kind: 'void', reason: 'action_gone' };
  const promoted = await isPromoted(ops.store, plan.patternId, plan.action);
  if (RISKS.indexOf(effectiveRisk(facts, policy, promoted)) > RISKS.indexOf(plan.risk)) return { kind: 'void', reason: 'risk_raised' };
  const { resources } = await ops.store.signals.topology();
  const target = resources.find((resource) => resource.id === plan.targetId) ?? null;
  const service = target?.service ?? null;
  const recent = await recentPlans(ops, plan.id, nowMs);
  const group = target === null || service === null ? [] : resources.filter((one) => one.service === service && one.kind === target.kind).map((one) => one.id);
  const hold = holdOf(plan, service, recent, await switchesNow(ops.store, policy), nowMs, policy, group);
  if (hold !== null) return { kind: 'hold', reason: hold };
  const own = policyFor(policy, { action: plan.action, risk: plan.risk, service, environment: target?.environment ?? null });
  const now = decide(plan.risk, own, { nowMs, service, failures: failuresOf(plan, recent, nowMs) });
  if (now.kind === 'ask' && countingApprovals(plan) < now.approvals && isPassing(now.reason)) return { kind: 'hold', reason: now.reason };
  const people = await recheckPeople(ops, plan, own, now.kind === 'ask' && !isPassing(now.reason) ? now.approvals : 0);
  return people.kind === 'run' ? await recheckTarget(ops, plan) : people;
}

type Passing = 'quiet_hours' | 'change_freeze' | 'failed_before';
/** These end by themselves; the plan waits for it, or expires. */
const isPassing = (reason: string): reason is Passing => ['quiet_hours', 'change_freeze', 'failed_before'].includes(reason);

/** The service a plan's target belongs to; pauses may name it. */
export async function serviceOf(ops: Ops, plan: Pick<Plan, 'targetId'>): Promise<string | null> {
  return (await ops.store.signals.topology()).resources.find((resource) => resource.id === plan.targetId)?.service ?? null;
}

/** The policy as it is for one plan. */
export async function policyOf(ops: Ops, plan: Pick<Plan, 'action' | 'risk' | 'targetId'>): Promise<PlanPolicy> {
  const target = (await ops.store.signals.topology()).resources.find((resource) => resource.id === plan.targetId);
  return policyFor(ops.policy, { action: plan.action, risk: plan.risk, service: target?.service ?? null, environment: target?.environment ?? null });
}

/** Everything that is off: what people paused, and what config and environment hold. */
export const switchesNow = async (from: Repositories, policy: Policy): Promise<readonly Switch[]> => [
  ...standingSwitches(policy),
  ...(await from.switches.list()),
];

/** Plans that were executed or ended within a day, or are under way. */
export async function recentPlans(ops: Ops, besides: string | null, nowMs: number): Promise<readonly Plan[]> {
  const states: readonly Plan['state'][] = ['claimed', 'running', 'verifying', 'succeeded', 'rolled_back', 'failed', 'outcome_unknown'];
  const plans = await ops.store.plans.list({ states, limit: 500 });
  return plans.filter((other) => other.id !== besides && (other.outcome === null || nowMs - other.updatedAtMs < 24 * HOUR_MS));
}

async function recheckPeople(ops: Ops, plan: Plan, policy: PlanPolicy, needed: number): Promise<Recheck> {
  try {
    const requester = personOf(plan.requestedBy);
    if (requester !== null && (await listedRefusal(plan.requestedBy, 'requesters', policy, ops.directory)) !== null)
      return { kind: 'void', reason: 'requester_gone' };
    if (countingApprovals(plan) < Math.max(plan.approvalsNeeded, needed)) return { kind: 'void', reason: 'approvals_missing' };
    for (const approval of plan.approvals) {
      if ((await listedRefusal(user(approval.userId), 'approvers', policy, ops.directory)) !== null) return { kind: 'void', reason: 'approval_gone' };
    }
    return stillMissing(plan, await lacksOf(plan, policy, ops.directory)) === null ? { kind: 'run' } : { kind: 'void', reason: 'approvals_missing' };
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
