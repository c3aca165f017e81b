import { type Actor, system } from '../../domain/actor.ts';
import { type Explanation, explain } from '../../domain/explanation.ts';
import type { Incident, IncidentState } from '../../domain/incident.ts';
import type { Plan } from '../../domain/plan.ts';
import type { Repositories } from '../../domain/store.ts';
import type { Ops } from '../ops.ts';
import { showPlan, tell } from './notices.ts';

const EXECUTOR = system('executor');
const MOST_JOINED = 50; // of one plan; whoever comes later opens a plan of their own once this one has ended
const WAITING: readonly IncidentState[] = ['planned', 'acting', 'verifying'];

/** A plan of another incident does the very same: this incident waits for it, and gets its outcome. */
export async function join(tx: Repositories, incident: Incident, plan: Plan, actor: Actor, nowMs: number): Promise<void> {
  const joined = plan.joined ?? [];
  if (plan.incidentId === incident.id || joined.includes(incident.id) || joined.length >= MOST_JOINED) return;
  const moved = await tx.incidents.move(incident.id, {
    from: ['open', 'analysed', 'unresolved', 'planned'],
    to: 'planned',
    patch: { joinedPlanId: plan.id },
    actor,
    verb: 'incident.joined_plan',
    detail: { plan: plan.id },
    atMs: nowMs,
  });
  if (moved === null) return;
  const both = await tx.plans.patch(plan.id, { joined: [...joined, incident.id] }, null, nowMs);
  const text = '{plan} of {other} does the same on {target}; this incident waits for it.';
  await tell(tx, incident.id, explain('plan.joined', text, { plan: plan.id, other: plan.incidentId ?? '', target: plan.targetId }), nowMs);
  await showPlan(tx, both ?? plan, nowMs);
}

/** The incidents that wait for this plan follow it: `to` and what their threads are told, by incident. */
export async function moveJoined(
  tx: Repositories,
  plan: Plan,
  to: (incidentId: string) => Promise<IncidentState>,
  note: Explanation | null,
  nowMs: number,
): Promise<void> {
  for (const id of plan.joined ?? []) {
    if ((await tx.incidents.get(id))?.joinedPlanId !== plan.id) continue;
    const state = await to(id);
    const detail = { plan: plan.id, after: plan.state };
    const moved = await tx.incidents.move(id, { from: WAITING, to: state, actor: EXECUTOR, verb: `incident.${state}`, detail, atMs: nowMs });
    if (moved !== null && note !== null) await tell(tx, id, note, nowMs);
  }
}

/** The plan that an incident waits or waited for, when that is another incident's. */
export const joinedPlan = async (from: Repositories, incident: Incident): Promise<Plan | null> =>
  incident.joinedPlanId == null ? null : await from.plans.get(incident.joinedPlanId);

/** The plans that were made for an incident, and the one it joined. */
export async function plansOf(ops: Ops, incident: Incident, limit: number): Promise<readonly Plan[]> {
  const [own, joined] = await Promise.all([ops.store.plans.list({ incidentId: incident.id, limit }), joinedPlan(ops.store, incident)]);
  return joined === null ? own : [joined, ...own];
}
