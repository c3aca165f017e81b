import { type MetricSeries, seriesKey } from '../domain/metric.ts';
import type { RcaContext } from './context.ts';
import { buildGraph, distances, type Graph } from './graph.ts';
import { groupLogs, type LogGroup } from './log-evidence.ts';
import { measureShift, type Shift } from './shift.ts';
import { type Symptom, symptomsOf } from './symptom.ts';

/** What the picture of the trouble is worked out from. */
export interface Grounds {
  readonly context: RcaContext;
  readonly graph: Graph;
  /** Steps from the subject towards what may cause its trouble. */
  readonly steps: ReadonlyMap<string, number>;
  readonly seriesOf: ReadonlyMap<string, readonly MetricSeries[]>;
  readonly shiftsOf: ReadonlyMap<string, readonly Shift[]>;
  readonly logGroups: readonly LogGroup[];
}

/** What all dimensions look at, worked out once. */
export interface Prepared extends Grounds {
  readonly symptoms: readonly Symptom[];
}

const SERIES_A_SLICE = 25;

/** Long work in slices: each `yield` is a moment where the caller may let others run, or stop. */
export function* prepare(context: RcaContext): Generator<void, Prepared> {
  const graph = buildGraph(context.topology);
  const seriesOf = new Map<string, MetricSeries[]>();
  const shiftsOf = new Map<string, Shift[]>();
  const seen = new Set<string>();
  let done = 0;
  for (const series of context.series) {
    const key = seriesKey(series.ref);
    if (seen.has(key)) continue;
    seen.add(key);
    push(seriesOf, series.resourceId, series);
    const shift = measureShift(series, context.subject);
    if (shift !== null) push(shiftsOf, series.resourceId, shift);
    done += 1;
    if (done % SERIES_A_SLICE === 0) yield;
  }
  const logGroups = yield* groupLogs(context.logs, context.subject);
  const grounds = { context, graph, steps: distances(graph.causes, context.subject.resourceIds), seriesOf, shiftsOf, logGroups };
  return { ...grounds, symptoms: yield* symptomsOf(grounds) };
}

function push<T>(map: Map<string, T[]>, key: string, item: T): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [item]);
  else list.push(item);
}
