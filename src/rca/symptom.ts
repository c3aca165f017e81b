import type { MetricSeries } from '../domain/metric.ts';
import { seriesKey } from '../domain/metric.ts';
import { type Impact, impactOf, MODES, type Mode } from './impact.ts';
import type { Grounds } from './prepare.ts';
import { readingOf } from './signals.ts';
import { median } from './stats.ts';

/** Something users feel: one resource that is slow or fails, and every resource's part in it. */
export interface Symptom {
  readonly mode: Mode;
  readonly target: string;
  readonly sure: number; // that there is anything to explain
  readonly impacts: ReadonlyMap<string, Impact>;
}

const MAX_RESOURCES = 2000;
const NEAR_STEPS = 3;
const RESOURCES_A_SLICE = 10;
const RARE = 0.7; // a symptom moved more than this share of earlier stretches; the rest of the proof is in its causes

/** The symptoms of the subject, at most one a mode: on the resource of the subject with the largest impact. In slices. */
export function* symptomsOf(prepared: Grounds): Generator<void, readonly Symptom[]> {
  const symptoms: Symptom[] = [];
  for (const mode of MODES) {
    yield;
    const symptom = yield* symptomOf(prepared, mode);
    if (symptom !== null) symptoms.push(symptom);
  }
  return symptoms;
}

function* symptomOf(prepared: Grounds, mode: Mode): Generator<void, Symptom | null> {
  const { subject } = prepared.context;
  const asked = complaints(prepared, mode);
  if (asked === null) return null;
  const targets = subject.resourceIds
    .flatMap((id) => {
      const own = asked.stats.size > 0 && !asked.stats.has(id) ? [] : (prepared.seriesOf.get(id) ?? []);
      const impact = impactOf(own, mode, subject, { stat: asked.stats.get(id) ?? null, requests: askedNear(prepared, id) });
      return impact === null || impact.rare < RARE ? [] : [{ id, impact }];
    })
    .sort((a, b) => b.impact.amount * b.impact.rare - a.impact.amount * a.impact.rare);
  const target = targets[0];
  if (target === undefined) return null;
  return {
    mode,
    target: target.id,
    sure: Math.sqrt((target.impact.rare - RARE) / (1 - RARE)),
    impacts: yield* impactsOf(prepared, mode, target.id, target.impact, asked.stats.get(target.id) ?? null),
  };
}

/** Which statistic of which resource was complained of in this mode; null when the complaints are all of another kind. */
function complaints(prepared: Grounds, mode: Mode): { readonly stats: ReadonlyMap<string, string> } | null {
  const { context } = prepared;
  const keys = new Set([...(context.subject.metricKeys ?? []), ...context.anomalies.map((anomaly) => anomaly.key)]);
  const complained = context.series.filter((series) => context.subject.resourceIds.includes(series.resourceId) && keys.has(seriesKey(series.ref)));
  const fitting = complained.filter((series) => modeOf(series) === mode);
  if (complained.some((series) => modeOf(series) !== null) && fitting.length === 0) return null;
  return { stats: new Map(fitting.map((series) => [series.resourceId, series.ref.stat])) };
}

function modeOf(series: MetricSeries): Mode | null {
  const { role } = readingOf(series.ref);
  if (role === 'latency') return 'latency';
  return role === 'availability' || role === 'errors' ? 'failures' : null;
}

function* impactsOf(prepared: Grounds, mode: Mode, target: string, own: Impact, stat: string | null): Generator<void, ReadonlyMap<string, Impact>> {
  const impacts = new Map<string, Impact>([[target, own]]);
  for (const id of prepared.seriesOf.keys()) {
    if (impacts.size >= MAX_RESOURCES) break;
    if (id === target) continue;
    if (impacts.size % RESOURCES_A_SLICE === 0) yield;
    const impact = impactOf(prepared.seriesOf.get(id) ?? [], mode, prepared.context.subject, { stat, requests: askedNear(prepared, id) });
    if (impact !== null) impacts.set(id, impact);
  }
  return impacts;
}

/** Requests a period of the nearest resources that count them, up or down the graph; null when none near does. */
function askedNear(prepared: Grounds, id: string): number | null {
  let ring: readonly string[] = [id];
  const seen = new Set(ring);
  for (let step = 0; step < NEAR_STEPS; step += 1) {
    ring = ring.flatMap((at) => [...(prepared.graph.victims.get(at) ?? []), ...(prepared.graph.causes.get(at) ?? [])]).filter((other) => !seen.has(other));
    for (const other of ring) seen.add(other);
    const counts = [...new Set(ring)].flatMap((other) => prepared.shiftsOf.get(other)?.find((shift) => shift.reading.role === 'requests')?.during ?? []);
    if (counts.length > 0) return median(counts);
  }
  return null;
}
