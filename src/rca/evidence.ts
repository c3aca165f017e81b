import type { Explanation } from '../domain/explanation.ts';
import type { MetricSeries } from '../domain/metric.ts';
import type { Evidence, RcaDimension } from '../domain/rca.ts';
import type { RcaSubject } from './context.ts';
import { clamp01 } from './stats.ts';

const HOUR_MS = 3_600_000;

/** Evidence that links to a metric, from an hour before the trouble to now. */
export function metricEvidence(dimension: RcaDimension, weight: number, series: MetricSeries, subject: RcaSubject, statement: Explanation): Evidence {
  const source = { type: 'metric' as const, ref: series.ref, fromMs: subject.startedAtMs - HOUR_MS, toMs: subject.nowMs };
  return { dimension, supports: true, weight: clamp01(weight), statement, source };
}

/** A number as people read it: three significant digits, no exponent for usual sizes. */
export function plain(value: number): string {
  if (!Number.isFinite(value)) return '?';
  if (Math.abs(value) >= 1000) return Math.round(value).toString();
  return Number(value.toPrecision(3)).toString();
}

/** "3 min", "2 h": a span as people say it. */
export function span(ms: number): string {
  const minutes = Math.max(0, Math.round(ms / 60_000));
  return minutes < 120 ? `${minutes} min` : `${Math.round(minutes / 60)} h`;
}
