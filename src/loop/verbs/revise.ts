import { requireAction } from '../../action/catalogue/index.ts';
import { paramProblem } from '../../action/digest.ts';
import type { Actor } from '../../domain/actor.ts';
import { OpsError } from '../../domain/errors.ts';
import { requireSubject } from '../../domain/names.ts';
import type { Params, PlanState } from '../../domain/plan.ts';
import type { PlanView } from '../../domain/views.ts';
import type { Ops } from '../ops.ts';
import { stop } from '../plans/finish.ts';
import { propose } from '../plans/propose.ts';
import { requireListed } from './people.ts';
import { planView, requirePlan } from './views.ts';

const WAITING: readonly PlanState[] = ['notified', 'awaiting_approval'];
const DRY_RUN_TIMEOUT_MS = 30_000;

/**
 * The same action on the same target with other parameters. What people approved is the old plan, so it ends, and a new one asks
 * for leave; whoever changed it counts as its requester and cannot approve it. Refused parameters leave the old plan as it is.
 */
export async function revise(ops: Ops, planId: string, params: Params, actor: Actor): Promise<PlanView> {
  await requireListed(ops, actor, 'requesters', 'change a plan');
  const plan = await requirePlan(ops, requireSubject(planId, 'plan').id);
  if (!WAITING.includes(plan.state)) throw new OpsError('conflict', `${plan.id} does not wait any more.`, 'Its card shows where it is now.');
  const incident = plan.incidentId === null ? null : await ops.store.incidents.get(plan.incidentId);
  if (incident === null) throw new OpsError('conflict', `${plan.id} belongs to no incident.`, 'Ask for a new fix instead.');
  if (JSON.stringify(params) === JSON.stringify(plan.params)) throw new OpsError('invalid_input', 'Nothing was changed.', 'The plan stays as it is.');
  const facts = requireAction(plan.action);
  const problem = paramProblem(facts, params);
  if (problem !== null) throw new OpsError('invalid_input', `The parameters of ${facts.name} do not fit: ${problem}.`);
  await ops.remediator.dryRun({ action: plan.action, targetId: plan.targetId, params }, AbortSignal.timeout(DRY_RUN_TIMEOUT_MS));
  const ended = await stop(ops, plan.id, 'cancelled', actor, 'replaced by a plan with other parameters', WAITING);
  if (ended === null) throw new OpsError('conflict', `${plan.id} does not wait any more.`, 'Its card shows where it is now.');
  const { action, targetId, patternId, why } = plan;
  return await planView(ops, (await propose(ops, { incident, action, targetId, params, patternId, why, requestedBy: actor })).id);
}
