import type { MetricPoint, MetricSeries } from '../domain/metric.ts';
import type { RcaSubject } from './context.ts';
import { isPercent, type Reading, readingOf } from './signals.ts';
import { ascending, clamp01, mean, median, quantile, runMeans } from './stats.ts';

/** How one series moved when the trouble began. Numbers are in the series' own unit; `ratio` and `strength` have none. */
export interface Shift {
  readonly series: MetricSeries;
  readonly reading: Reading;
  readonly base: number; // median before
  readonly recent: number; // median of the last half hour or so before: traffic has its hours
  readonly usual: number; // how far stretches of the same length went in the bad direction before
  readonly during: number; // mean since the trouble began
  readonly peak: number; // the worst point since then
  readonly ratio: number; // bad movement over the usual one; over 1 is unusual
  readonly strength: number; // 0..1
  readonly onsetMs: number | null; // when it left its usual band for good
  readonly ramp: boolean; // it climbed slowly, rather than jumped
  readonly early: number; // share of the movement that was there before the trouble
  readonly fromMs: number;
  readonly toMs: number;
}

const MIN_BEFORE = 8;
const USUAL_QUANTILE = 0.98;
const LOOKBACK_SHARE = 0.25;
const MAX_LEAD_POINTS = 60;
const RECENT_POINTS = 30;

/** Compares a series before and since the start of the trouble; null when it has too few points on either side. */
export function measureShift(series: MetricSeries, subject: RcaSubject): Shift | null {
  const reading = readingOf(series.ref);
  const points = series.points.filter((point) => Number.isFinite(point.value) && point.timestampMs <= subject.nowMs);
  const start = firstAtOrAfter(points, subject.startedAtMs);
  const before = points.slice(0, start);
  const since = points.slice(start);
  if (before.length < MIN_BEFORE || since.length === 0) return null;
  // The last stretch before the trouble may already be part of it: it is judged, not learned from.
  const guard = Math.min(since.length, 3, Math.floor(before.length * LOOKBACK_SHARE));
  const learned = before.slice(0, before.length - guard).map((point) => point.value);
  const base = median(learned);
  const usual = usualMovement(learned, since.length, base, reading.worse);
  const values = since.map((point) => point.value);
  const during = mean(values);
  const peak = values.reduce((worst, value) => ((value - worst) * reading.worse > 0 ? value : worst), values[0] ?? during);
  const moved = (during - base) * reading.worse;
  const ratio = moved / usual;
  const early = guard === 0 ? 0 : clamp01(((mean(before.slice(-guard).map((point) => point.value)) - base) * reading.worse) / Math.max(moved, usual));
  const onsetMs = ratio > 1 ? onset(points, start, base, usual, moved, reading.worse) : null;
  return {
    series,
    reading,
    base,
    recent: median(learned.slice(-RECENT_POINTS)),
    usual,
    during,
    peak,
    ratio,
    strength: strengthOf(ratio) * materiality(series, reading, base, peak),
    onsetMs,
    ramp: onsetMs !== null && isRamp(points, onsetMs, reading.worse),
    early,
    fromMs: since[0]?.timestampMs ?? subject.startedAtMs,
    toMs: since.at(-1)?.timestampMs ?? subject.nowMs,
  };
}

/** Nothing up to the usual movement, half at twice it, .9 at ten times it. */
export function strengthOf(ratio: number): number {
  return ratio > 1 ? 1 - 1 / ratio : 0;
}

/** A share of a capacity that is still low is unusual, but no shortage. */
function materiality(series: MetricSeries, reading: Reading, base: number, peak: number): number {
  if (reading.role === 'connections') return clamp01((peak / Math.max(base, 1e-9) - 1) / 1.5);
  if (!isPercent(series) || reading.worse < 0 || reading.causal === 0) return 1;
  return 0.3 + 0.7 * clamp01((peak - 30) / 50);
}

/** The 98 % quantile of how far stretches of `width` points went in the bad direction; never nil, so that a flat series has a band too. */
function usualMovement(values: readonly number[], width: number, base: number, worse: 1 | -1): number {
  const run = Math.max(1, Math.min(width, Math.floor(values.length / 4)));
  const excursions = ascending(runMeans(values, run).map((value) => (value - base) * worse));
  const spread = median(values.map((value) => Math.abs(value - base)));
  return Math.max(quantile(excursions, USUAL_QUANTILE), spread, Math.abs(base) * 0.01, 1e-9);
}

function firstAtOrAfter(points: readonly MetricPoint[], atMs: number): number {
  let low = 0;
  let high = points.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((points[middle]?.timestampMs ?? 0) < atMs) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * Where the movement that is there now began: from the first point since the start that is out by a third of it, and confirmed by
 * the next ones, back as long as at most one point in a row was inside. Causes move before their symptoms, so it may lie before the start.
 */
function onset(points: readonly MetricPoint[], start: number, base: number, usual: number, moved: number, worse: 1 | -1): number | null {
  const limit = Math.max(usual, moved / 3);
  const out = (index: number): boolean => ((points[index]?.value ?? base) - base) * worse > limit;
  const confirmed = (index: number): boolean => out(index) && (out(index + 1) || out(index + 2) || index + 1 >= points.length);
  let first = start;
  while (first < points.length && !confirmed(first)) first += 1;
  if (first >= points.length) return null;
  while (first > 0 && start - first < MAX_LEAD_POINTS && (out(first - 1) || out(first - 2))) first -= out(first - 1) ? 1 : 2;
  return points[first]?.timestampMs ?? null;
}

/** A climb: nearly every point since shortly before it left its band is over most of those before it, and no step carries half of it. */
function isRamp(points: readonly MetricPoint[], onsetMs: number, worse: 1 | -1): boolean {
  const from = firstAtOrAfter(points, onsetMs);
  const stretch = points.slice(Math.max(0, from - 1)).map((point) => point.value * worse);
  if (stretch.length < 5) return false;
  const every = Math.ceil(stretch.length / 40); // forty points tell as much as four hundred
  const kept = stretch.filter((_, index) => index % every === 0);
  let up = 0;
  let pairs = 0;
  for (let a = 0; a < kept.length; a += 1) {
    for (let b = a + 1; b < kept.length; b += 1) {
      pairs += 1;
      if ((kept[b] ?? 0) > (kept[a] ?? 0)) up += 1;
    }
  }
  const rise = (kept.at(-1) ?? 0) - (kept[0] ?? 0);
  const biggest = Math.max(0, ...kept.slice(1).map((value, index) => value - (kept[index] ?? value)));
  return pairs > 0 && up / pairs > 0.85 && biggest < rise * 0.5;
}
