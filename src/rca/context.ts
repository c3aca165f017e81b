import type { ActionFacts } from '../domain/action.ts';
import type { Anomaly } from '../domain/anomaly.ts';
import { explain } from '../domain/explanation.ts';
import type { Incident } from '../domain/incident.ts';
import { type MetricSeries, seriesKey } from '../domain/metric.ts';
import type { Pattern, PatternMatch } from '../domain/pattern.ts';
import type { Plan } from '../domain/plan.ts';
import type { Gap } from '../domain/rca.ts';
import type { Topology } from '../domain/resource.ts';
import type { Change, LogLine } from '../domain/signals.ts';
import { buildGraph, distances } from './graph.ts';
import { readingOf, statisticRank } from './signals.ts';

/** What is asked about. `resourceIds`: the most affected first. */
export interface RcaSubject {
  readonly resourceIds: readonly string[];
  readonly startedAtMs: number; // first data point out of line
  readonly nowMs: number;
  /** Keys of the series complained of; the metrics of the anomalies on these resources count as well. */
  readonly metricKeys?: readonly string[];
}

export interface PastIncident {
  readonly incident: Incident;
  readonly plans: readonly Plan[]; // with their outcomes
}

/**
 * Everything one analysis may look at, gathered beforehand: the analysis itself reads nothing else. Series reach from well
 * before the trouble (a day is good, twenty points the least) to now. Order does not matter except where it is said.
 */
export interface RcaContext {
  readonly incident: Incident | null; // null for free text, or a resource and a time
  readonly subject: RcaSubject;
  readonly anomalies: readonly Anomaly[]; // of the incident, and all others of the time around it
  readonly series: readonly MetricSeries[];
  readonly changes: readonly Change[];
  readonly logs: readonly LogLine[];
  readonly topology: Topology;
  readonly matches: readonly PatternMatch[];
  readonly patterns: readonly Pattern[]; // the records of `matches`
  readonly pastIncidents: readonly PastIncident[]; // and the current one, for what was tried in it
  /** Confidence that the action solves the pattern, 0..1, with what was learned; null when nothing is known. */
  readonly posterior: (patternId: string, action: string) => number | null;
  readonly gaps: readonly Gap[]; // what the sources could not give
  readonly actions: readonly ActionFacts[];
}

export const RCA_LIMITS = { series: 1000, pointsPerSeries: 5000, logLines: 50_000, changes: 500, anomalies: 500, pastIncidents: 200 } as const;

/** The context within RCA_LIMITS: what is nearest to the trouble stays, and each cut is a gap. */
export function boundContext(context: RcaContext): RcaContext {
  const gaps: Gap[] = [...context.gaps];
  const cut = <T>(dimension: Gap['dimension'], what: string, items: readonly T[], limit: number, order: (item: T) => number): readonly T[] => {
    if (items.length <= limit) return items;
    gaps.push({ dimension, reason: explain('rca.gap.cut', 'Only {kept} of {total} {what} were looked at.', { kept: limit, total: items.length, what }) });
    return rankedBy(items, order).slice(0, limit);
  };
  const { startedAtMs } = context.subject;
  const near = distances(buildGraph(context.topology).causes, context.subject.resourceIds);
  const anomalous = new Set(context.anomalies.map((anomaly) => anomaly.key));
  const series = cut('resource', 'metrics', context.series, RCA_LIMITS.series, (item) => seriesOrder(item, near, anomalous));
  return {
    ...context,
    gaps,
    series: series.map((item) =>
      item.points.length > RCA_LIMITS.pointsPerSeries ? { ...item, points: item.points.slice(-RCA_LIMITS.pointsPerSeries) } : item,
    ),
    logs: cut('resource', 'log lines', context.logs, RCA_LIMITS.logLines, (line) => Math.abs(line.timestampMs - startedAtMs)),
    changes: cut('change', 'changes', context.changes, RCA_LIMITS.changes, (change) => changeOrder(change, startedAtMs, near)),
    anomalies: cut('time', 'anomalies', context.anomalies, RCA_LIMITS.anomalies, (anomaly) => Math.abs(anomaly.startedAtMs - startedAtMs)),
    pastIncidents: cut('history', 'past incidents', context.pastIncidents, RCA_LIMITS.pastIncidents, (past) => -past.incident.openedAtMs),
  };
}

function rankedBy<T>(items: readonly T[], order: (item: T) => number): T[] {
  return items
    .map((item) => ({ item, key: order(item) }))
    .sort((a, b) => a.key - b.key)
    .map(({ item }) => item);
}

function seriesOrder(series: MetricSeries, near: ReadonlyMap<string, number>, anomalous: ReadonlySet<string>): number {
  if (anomalous.has(seriesKey(series.ref))) return -1;
  const role = readingOf(series.ref).role === 'other' ? 20 : 0;
  return (near.get(series.resourceId) ?? 8) + 3 * statisticRank(series.ref) + role;
}

/** Hours from the start of the trouble; what came after it, or happened far away, counts as longer ago. */
function changeOrder(change: { timestampMs: number; resourceId: string | null }, startedAtMs: number, near: ReadonlyMap<string, number>): number {
  const hours = Math.abs(change.timestampMs - startedAtMs) / 3_600_000;
  return hours + (near.get(change.resourceId ?? '') ?? 8) / 4;
}
