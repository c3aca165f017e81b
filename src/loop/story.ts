import type { TimelineSpec } from '../domain/chart.ts';
import type { Plan } from '../domain/plan.ts';
import type { ChartRenderer } from '../domain/ports.ts';
import type { Store } from '../domain/store.ts';
import { aroundOf } from './neighbourhood.ts';

const BEFORE_MS = 30 * 60_000;
const MOST_SIGNALS = 6;
const MOST_CHANGES = 5;

type Event = TimelineSpec['events'][number];

/** What happened around an incident: signals, changes, what opsloop did and what people did. Null: there is no such incident. */
async function incidentStory(store: Store, incidentId: string, locale: 'en' | 'zh', nowMs: number): Promise<TimelineSpec | null> {
  const incident = await store.incidents.get(incidentId);
  if (incident === null) return null;
  const toMs = incident.resolvedAtMs ?? nowMs;
  const [anomalies, plans, changes] = await Promise.all([
    store.anomalies.ofIncident(incidentId),
    store.plans.list({ incidentId, limit: 5 }),
    store.signals.changes({ fromMs: incident.startedAtMs - BEFORE_MS, toMs }, 500),
  ]);
  const touched = new Set([...incident.resourceIds, ...(incident.analysis?.hypotheses.slice(0, 1).map((one) => one.resourceId) ?? [])]);
  const signals = anomalies
    .toSorted((a, b) => a.startedAtMs - b.startedAtMs)
    .slice(0, MOST_SIGNALS)
    .map((one): Event => ({ atMs: one.startedAtMs, toMs: one.endedAtMs ?? toMs, tone: 'signal', label: `${one.resourceId} ${one.metric?.name ?? one.key}` }));
  const changed = changes
    .filter((one) => one.resourceId !== null && touched.has(one.resourceId))
    .slice(-MOST_CHANGES)
    .map((one): Event => ({ atMs: one.timestampMs, toMs: null, tone: 'change', label: one.summary }));
  const ours: Event[] = [{ atMs: incident.openedAtMs, toMs: null, tone: 'loop', label: 'opened' }];
  if (incident.analysis !== null && plans.length > 0) ours.push({ atMs: incident.analysis.atMs, toMs: null, tone: 'loop', label: 'analysed' });
  if (incident.resolvedAtMs !== null) ours.push({ atMs: incident.resolvedAtMs, toMs: null, tone: 'loop', label: 'resolved' });
  return { kind: 'timeline', locale, title: incident.title, events: [...signals, ...changed, ...ours, ...plans.flatMap(eventsOf)] };
}

function eventsOf(plan: Plan): Event[] {
  const said = plan.approvals.map((one): Event => ({ atMs: one.atMs, toMs: null, tone: 'person', label: `✓ ${plan.id}` }));
  if (plan.executedAtMs === null) return said;
  const label = `${plan.id}: ${plan.action.replaceAll('_', ' ')} ${plan.targetId}`;
  return [...said, { atMs: plan.executedAtMs, toMs: plan.outcome?.atMs ?? null, tone: 'loop', label }];
}

/** What happened around an incident, and what is around it, as pictures; null: there is nothing to draw. */
export async function drawStory(
  store: Store,
  charts: ChartRenderer,
  incidentId: string,
  locale: 'en' | 'zh',
  nowMs: number,
  say: (sentence: string) => string, // a plain sentence in that language
): Promise<{ readonly timeline: Uint8Array | null; readonly topology: Uint8Array | null }> {
  const [spec, incident, known] = await Promise.all([
    incidentStory(store, incidentId, locale, nowMs),
    store.incidents.get(incidentId),
    store.signals.topology(),
  ]);
  if (spec === null || incident === null) return { timeline: null, topology: null };
  const around = aroundOf(known, incident.id, incident.resourceIds, new Set(incident.resourceIds), incident.analysis?.hypotheses[0]?.resourceId ?? null);
  return {
    timeline: await charts.picturePng({ ...spec, title: `${incident.id} ${say(spec.title)}` }),
    topology: around.nodes.length < 2 ? null : await charts.picturePng({ kind: 'topology', locale, ...around }),
  };
}
