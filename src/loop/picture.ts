import type { Anomaly } from '../domain/anomaly.ts';
import type { ChartSpec } from '../domain/chart.ts';
import { seriesKey } from '../domain/metric.ts';
import type { Store } from '../domain/store.ts';

const BEFORE_MS = 90 * 60_000;
const AFTER_MS = 15 * 60_000;
const MOST_MARKERS = 8;

/** What the picture on an incident's card shows: its worst metric around the trouble, with changes and actions marked. Null: it has no metric. */
export async function incidentPicture(store: Store, incidentId: string, nowMs: number): Promise<ChartSpec | null> {
  const [incident, anomalies] = await Promise.all([store.incidents.get(incidentId), store.anomalies.ofIncident(incidentId)]);
  const main = anomalies.filter((anomaly) => anomaly.metric !== null).toSorted((a, b) => b.severity - a.severity || a.startedAtMs - b.startedAtMs)[0];
  if (incident === null || main === undefined || main.metric === null) return null;
  const window = { fromMs: incident.startedAtMs - BEFORE_MS, toMs: Math.min(nowMs, (incident.resolvedAtMs ?? nowMs) + AFTER_MS) };
  const [series] = await store.metrics.range([seriesKey(main.metric)], window);
  if (series === undefined || series.points.length === 0) return null;
  const { expected } = main;
  return {
    title: `${main.resourceId} ${main.metric.name}`,
    unit: main.unit,
    series: [{ name: main.metric.name, points: withGaps(series.points, series.periodMs) }],
    band: expected === null ? [] : [window.fromMs, window.toMs].map((timestampMs) => ({ timestampMs, low: expected.low, high: expected.high })),
    threshold: null,
    spans: [{ fromMs: main.startedAtMs, toMs: main.endedAtMs ?? window.toMs, label: main.direction }],
    markers: await markers(store, incidentId, anomalies, window),
  };
}

async function markers(
  store: Store,
  incidentId: string,
  anomalies: readonly Anomaly[],
  window: { fromMs: number; toMs: number },
): Promise<ChartSpec['markers']> {
  const touched = new Set(anomalies.map((anomaly) => anomaly.resourceId));
  const changes = (await store.signals.changes(window, 500)).filter((change) => change.resourceId !== null && touched.has(change.resourceId));
  const plans = await store.plans.list({ incidentId, limit: 10 });
  const ran = plans.flatMap((plan) => (plan.executedAtMs === null ? [] : [{ atMs: plan.executedAtMs, label: plan.action }]));
  return [...changes.map((change) => ({ atMs: change.timestampMs, label: change.kind })), ...ran].slice(-MOST_MARKERS);
}

/** A missing point breaks the line instead of being drawn over. */
function withGaps(points: readonly { timestampMs: number; value: number }[], periodMs: number): { timestampMs: number; value: number | null }[] {
  return points.flatMap((point, index) => {
    const before = points[index - 1];
    const gap = before !== undefined && point.timestampMs - before.timestampMs > 2.5 * periodMs;
    return gap ? [{ timestampMs: before.timestampMs + periodMs, value: null }, point] : [point];
  });
}
