import { switchesOver } from '../../action/guard.ts';
import { OpsError } from '../../domain/errors.ts';
import type { Incident } from '../../domain/incident.ts';
import type { Plan } from '../../domain/plan.ts';
import type { IncidentView, PlanView } from '../../domain/views.ts';
import type { Ops } from '../ops.ts';
import { plansOf } from '../plans/joined.ts';
import { serviceOf, switchesNow } from '../plans/recheck.ts';

const MOST_PLANS = 50;

export async function requireIncident(ops: Ops, id: string): Promise<Incident> {
  const incident = await ops.store.incidents.get(id);
  if (incident !== null) return incident;
  throw new OpsError('not_found', `There is no incident ${id}.`, 'Type "status" to see the open ones.');
}

export async function requirePlan(ops: Ops, id: string): Promise<Plan> {
  const plan = await ops.store.plans.get(id);
  if (plan !== null) return plan;
  throw new OpsError('not_found', `There is no plan ${id}.`, 'Type "status" to see the ones that wait.');
}

export async function incidentView(ops: Ops, id: string): Promise<IncidentView> {
  const incident = await requireIncident(ops, id);
  const [anomalies, plans] = await Promise.all([ops.store.anomalies.ofIncident(id), plansOf(ops, incident, MOST_PLANS)]);
  return { incident, anomalies, plans };
}

export async function planView(ops: Ops, id: string): Promise<PlanView> {
  const plan = await requirePlan(ops, id);
  const incident = plan.incidentId === null ? null : await ops.store.incidents.get(plan.incidentId);
  return { plan, incident, paused: switchesOver(plan, await serviceOf(ops, plan), await switchesNow(ops.store, ops.policy)) };
}
