import { type Actor, system } from '../../domain/actor.ts';
import { type Explanation, explain } from '../../domain/explanation.ts';
import type { IncidentState } from '../../domain/incident.ts';
import type { Outcome, Plan, PlanState } from '../../domain/plan.ts';
import type { Repositories } from '../../domain/store.ts';
import type { Ops } from '../ops.ts';
import { moveJoined } from './joined.ts';
import { namesOf, peopleToCall, showPlan, tell } from './notices.ts';

const ACTOR: Actor = system('executor');
const RESULT_OF: Record<'succeeded' | 'rolled_back' | 'failed' | 'outcome_unknown', Outcome['result']> = {
  succeeded: 'succeeded',
  rolled_back: 'rolled_back',
  failed: 'failed',
  outcome_unknown: 'unknown',
};

/**
 * Ends a plan that was claimed, with its outcome, the incident's next state and every report, in one transaction.
 * `calls`: ids of the calls that led to it. False: somebody ended it before.
 */
export async function finish(ops: Ops, plan: Plan, to: keyof typeof RESULT_OF, detail: Explanation, calls: readonly string[] = []): Promise<boolean> {
  const nowMs = ops.clock.now();
  return await ops.store.transaction(async (tx) => {
    const incident = plan.incidentId === null ? null : await tx.incidents.get(plan.incidentId);
    const verified = to === 'succeeded';
    const outcome: Outcome = {
      result: RESULT_OF[to],
      atMs: nowMs,
      detail,
      verified,
      durationMs: verified && incident !== null ? nowMs - incident.startedAtMs : null,
    };
    const ended = await tx.plans.move(plan.id, {
      from: ['claimed', 'running', 'verifying'],
      to,
      patch: { outcome },
      actor: ACTOR,
      verb: `plan.${to}`,
      detail: { ...(plan.incidentId === null ? {} : { incidentId: plan.incidentId }), why: detail.text, ...namesOf(calls) },
      atMs: nowMs,
    });
    if (ended === null) return false;
    await settleIncident(ops, tx, ended, nowMs);
    await tell(tx, ended.incidentId, detail, nowMs, verified ? [] : peopleToCall(ops.policy));
    // Whether it helped those who joined, their own metrics say: verification looks at each.
    await moveJoined(tx, ended, async (id) => (verified ? 'verifying' : await afterFailure(ops, tx, ended, id)), verified ? null : detail, nowMs);
    await showPlan(tx, ended, nowMs);
    return true;
  });
}

async function settleIncident(ops: Ops, tx: Repositories, plan: Plan, nowMs: number): Promise<void> {
  if (plan.incidentId === null) return;
  const from: readonly IncidentState[] = ['planned', 'acting', 'verifying'];
  const move = (to: IncidentState, patch = {}): Promise<unknown> =>
    tx.incidents.move(plan.incidentId ?? '', { from, to, patch, actor: ACTOR, verb: `incident.${to}`, detail: { plan: plan.id }, atMs: nowMs });
  if (plan.state === 'succeeded') {
    await move('resolved', { resolvedAtMs: nowMs, resolution: 'fixed' });
    return;
  }
  await move(await afterFailure(ops, tx, plan, plan.incidentId));
}

/** Another fix may be tried, or the rest is for people. */
async function afterFailure(ops: Ops, tx: Repositories, plan: Plan, incidentId: string): Promise<'analysed' | 'unresolved'> {
  const executed = (await tx.plans.list({ incidentId, limit: 50 })).filter((other) => other.executedAtMs !== null).length;
  const tried = executed + (incidentId === plan.incidentId ? 0 : 1);
  return plan.state !== 'outcome_unknown' && tried < ops.policy.max_attempts_per_incident ? 'analysed' : 'unresolved';
}

/**
 * Ends a plan that has not started: rejected, expired or cancelled. The incident goes back to analysed. Null: it was no longer
 * in a state that can be stopped.
 */
export async function stop(
  ops: Ops,
  planId: string,
  to: 'rejected' | 'expired' | 'cancelled',
  actor: Actor,
  reason: string,
  from: readonly PlanState[],
): Promise<Plan | null> {
  const nowMs = ops.clock.now();
  return await ops.store.transaction(async (tx) => {
    const ended = await tx.plans.move(planId, { from, to, patch: { endedBy: { actor, reason } }, actor, verb: `plan.${to}`, detail: { reason }, atMs: nowMs });
    if (ended === null) return null;
    if (ended.incidentId !== null) {
      await tx.incidents.move(ended.incidentId, {
        from: ['planned'],
        to: 'analysed',
        actor,
        verb: 'incident.analysed',
        detail: { plan: planId, after: to },
        atMs: nowMs,
      });
    }
    await moveJoined(tx, ended, async () => 'analysed', null, nowMs);
    if (to === 'expired') {
      const note = explain('plan.expired_note', '{plan} expired: nobody approved it in time. Nothing was run.', { plan: planId });
      await tell(tx, ended.incidentId, note, nowMs, peopleToCall(ops.policy));
    }
    await showPlan(tx, ended, nowMs);
    return ended;
  });
}
