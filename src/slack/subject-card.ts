import type { Card, CardOptions } from '../../blocks/card.ts';
import { incidentCard } from '../../blocks/incident.ts';
import { planCard } from '../../blocks/plan.ts';
import { parseSubject } from '../domain/names.ts';
import type { Repositories } from '../domain/store.ts';
import type { IncidentView, PlanView } from '../domain/views.ts';

const PLANS_MAX = 20;

export async function incidentView(store: Repositories, id: string): Promise<IncidentView | null> {
  const incident = await store.incidents.get(id);
  if (incident === null) return null;
  const [anomalies, own, joined] = await Promise.all([
    store.anomalies.ofIncident(id),
    store.plans.list({ incidentId: id, limit: PLANS_MAX }),
    incident.joinedPlanId == null ? null : store.plans.get(incident.joinedPlanId),
  ]);
  return { incident, anomalies, plans: joined === null ? own : [joined, ...own] };
}

export async function planView(store: Repositories, id: string): Promise<PlanView | null> {
  const plan = await store.plans.get(id);
  if (plan === null) return null;
  const incident = plan.incidentId === null ? null : await store.incidents.get(plan.incidentId);
  const holds = new Set(['all', `action:${plan.action}`, ...(incident?.service ? [`service:${incident.service}`] : [])]);
  return { plan, incident, paused: (await store.switches.list()).filter((entry) => holds.has(entry.scope)) };
}

/** The card of an incident or a plan as it stands now; null when there is no such thing. */
export async function subjectCard(store: Repositories, subject: string, options: CardOptions): Promise<Card | null> {
  const name = parseSubject(subject);
  if (name?.kind === 'incident') {
    const view = await incidentView(store, name.id);
    return view === null ? null : incidentCard(view, options);
  }
  if (name?.kind === 'plan') {
    const view = await planView(store, name.id);
    return view === null ? null : planCard(view, options);
  }
  return null;
}
