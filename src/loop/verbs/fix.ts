import { requireAction } from '../../action/catalogue/index.ts';
import { effectiveRisk } from '../../action/policy.ts';
import { anyRequester } from '../../action/rules.ts';
import { type Actor, personOf } from '../../domain/actor.ts';
import { OpsError } from '../../domain/errors.ts';
import { explain } from '../../domain/explanation.ts';
import type { Incident } from '../../domain/incident.ts';
import { FINAL_PLAN_STATES, PLAN_STATES } from '../../domain/plan.ts';
import type { Solution } from '../../domain/rca.ts';
import type { FixRequest } from '../../domain/requests.ts';
import type { PlanView } from '../../domain/views.ts';
import type { Ops } from '../ops.ts';
import { plansOf } from '../plans/joined.ts';
import { isPromoted } from '../plans/promotions.ts';
import { propose } from '../plans/propose.ts';
import { policyOf } from '../plans/recheck.ts';
import { requireListed } from './people.ts';
import { resolveIncident } from './resolve.ts';
import { planView } from './views.ts';

const LIVE = PLAN_STATES.filter((state) => !FINAL_PLAN_STATES.includes(state));

/**
 * Makes a plan for an incident and gives it to the risk ladder; asking is not approving. A plan that is already under way is
 * shown instead of a second one. A machine needs the scope `act:request`, a person must be one of the policy's requesters.
 */
export async function proposeFix(ops: Ops, request: FixRequest, actor: Actor): Promise<PlanView> {
  if (personOf(actor) !== null) await requireListed(ops, actor, 'requesters', 'ask for a fix', anyRequester(ops.policy));
  else if (actor.type === 'system') throw new OpsError('forbidden', 'Only a person or a token can ask for a fix.');
  const incident = await resolveIncident(ops, request.issue);
  if (incident.state === 'resolved') throw new OpsError('conflict', `${incident.id} is resolved already.`, 'Nothing to fix.');
  const live = (await plansOf(ops, incident, 50)).find((plan) => LIVE.includes(plan.state));
  if (live !== undefined && (request.action === undefined || request.action === live.action)) return await planView(ops, live.id);
  if (live !== undefined)
    throw new OpsError('conflict', `${live.id} (${live.action}) is under way for ${incident.id}.`, `Reject or cancel it first: "reject ${live.id}".`);
  const solution = await chooseSolution(ops, incident, request);
  if (personOf(actor) !== null) {
    const risk = effectiveRisk(requireAction(solution.action), ops.policy, await isPromoted(ops.store, solution.patternId, solution.action));
    await requireListed(ops, actor, 'requesters', 'ask for this fix', await policyOf(ops, { ...solution, risk }));
  }
  const plan = await propose(ops, { incident, ...solution, requestedBy: actor });
  return await planView(ops, plan.id);
}

type Choice = Pick<Solution, 'action' | 'targetId' | 'patternId' | 'why'> & { readonly params: Solution['params'] | null };

/** The asked-for action, or the best solution of the analysis that has not been tried on this incident. */
async function chooseSolution(ops: Ops, incident: Incident, request: FixRequest): Promise<Choice> {
  const solutions = incident.analysis?.solutions ?? [];
  if (request.action !== undefined) {
    const known = solutions.find((one) => one.action === request.action && (request.targetId ?? one.targetId) === one.targetId);
    const targetId = request.targetId ?? known?.targetId ?? incident.resourceIds[0];
    if (targetId === undefined) throw new OpsError('invalid_input', 'Say what to act on.', 'Name a resource such as ecs/checkout.');
    const params = request.params ?? known?.params ?? null;
    const why = known?.why ?? explain('plan.asked', 'Asked for by a person.');
    return { action: request.action, targetId, params, patternId: known?.patternId ?? null, why };
  }
  const tried = await plansOf(ops, incident, 50);
  const best = solutions.find((one) => !tried.some((plan) => plan.action === one.action && plan.targetId === one.targetId && plan.executedAtMs !== null));
  if (best !== undefined) return best;
  const tell = incident.analysis === null ? 'it has not been analysed yet' : 'the analysis knows no action that fits';
  throw new OpsError(
    'conflict',
    `There is no fix to propose for ${incident.id}: ${tell}.`,
    `Try "rca ${incident.id}", or name an action: "fix ${incident.id} restart_service".`,
  );
}
