import { system } from '../../domain/actor.ts';
import { OpsError } from '../../domain/errors.ts';
import { explain } from '../../domain/explanation.ts';
import type { Incident } from '../../domain/incident.ts';
import type { Plan } from '../../domain/plan.ts';
import type { Solution } from '../../domain/rca.ts';
import { redact } from '../../domain/redact.ts';
import type { Ops } from '../ops.ts';
import { plansOf } from '../plans/joined.ts';
import { peopleToCall, tell } from '../plans/notices.ts';
import { propose } from '../plans/propose.ts';

/** Under these the bot shows what it thinks and leaves the next step to people. */
const CAUSE_CONFIDENCE = 0.5;
const FIX_CONFIDENCE = 0.35; // the verification and the rollback are what makes a try safe
const MOST_VOIDED = 3; // a target that keeps changing under its plans is for people

/** Proposes the best fix of the analysis; the risk ladder decides what becomes of it. */
export async function recommend(ops: Ops, incident: Incident): Promise<void> {
  const { analysis } = incident;
  if (analysis === null || (analysis.hypotheses[0]?.confidence ?? 0) < CAUSE_CONFIDENCE) return;
  const plans = await plansOf(ops, incident, 50);
  if (plans.some(isWithPeople)) return;
  if (plans.filter((plan) => plan.executedAtMs !== null).length >= ops.policy.max_attempts_per_incident) return;
  const solution = analysis.solutions.find((one) => !plans.some((plan) => spent(plan, one)));
  if (solution === undefined || solution.confidence < FIX_CONFIDENCE) return;
  if (plans.filter((plan) => voided(plan, solution)).length >= MOST_VOIDED) return await leaveToPeople(ops, incident, solution);
  const { action, targetId, params, patternId, why } = solution;
  const plan = await propose(ops, { incident, action, targetId, params, patternId, why, requestedBy: system('loop') }).catch((thrown: unknown) => {
    if (thrown instanceof OpsError && ['conflict', 'not_found', 'invalid_input', 'limited'].includes(thrown.code)) return thrown;
    throw thrown;
  });
  if (plan instanceof OpsError) return await setAside(ops, incident, solution, plan);
}

/** A person said no, or nobody said yes in time: the next step is theirs, not a weaker fix. */
const isWithPeople = (plan: Plan): boolean => plan.state === 'expired' || (plan.endedBy !== null && plan.endedBy.actor.type !== 'system');

/** Tried already: not proposed again by itself. */
const spent = (plan: Plan, solution: Solution): boolean => plan.action === solution.action && plan.targetId === solution.targetId && plan.executedAtMs !== null;

const voided = (plan: Plan, solution: Solution): boolean =>
  plan.action === solution.action && plan.targetId === solution.targetId && plan.state === 'cancelled';

/** Each plan was void before it could run: no further one is made, and people are told once. */
async function leaveToPeople(ops: Ops, incident: Incident, { action, targetId }: Solution): Promise<void> {
  const nowMs = ops.clock.now();
  await ops.store.transaction(async (tx) => {
    if (!(await tx.dedupe.firstTime(`voided:${incident.id}:${action}:${targetId}`, nowMs))) return;
    const note = explain('plan.keeps_changing', '{target} keeps changing under its plans, so {action} is left to you: ask with "fix {incident} {action}".', {
      target: targetId,
      action,
      incident: incident.id,
    });
    await tell(tx, incident.id, note, nowMs, peopleToCall(ops.policy));
  });
}

/** The target refused the dry run: this solution is no longer offered, and people are told why. */
async function setAside(ops: Ops, incident: Incident, solution: Solution, error: OpsError): Promise<void> {
  const { analysis } = incident;
  if (analysis === null) return;
  const nowMs = ops.clock.now();
  const solutions = analysis.solutions.filter((one) => one !== solution);
  await ops.store.transaction(async (tx) => {
    const detail = { action: solution.action, targetId: solution.targetId, reason: redact(error.message) };
    await tx.incidents.patch(
      incident.id,
      { analysis: { ...analysis, solutions } },
      { actor: system('loop'), verb: 'incident.solution_set_aside', detail },
      nowMs,
    );
    await tell(
      tx,
      incident.id,
      explain('plan.not_possible', '{action} on {target} is not possible now: {reason}', {
        action: solution.action,
        target: solution.targetId,
        reason: redact(error.message),
      }),
      nowMs,
    );
  });
}
