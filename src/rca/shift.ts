import type { MetricPoint, MetricSeries } from '../domain/metric.ts';
import type { RcaSubject } from './context.ts';
import { isPercent, type Reading, readingOf } from './signals.ts';
import { ascending, clamp01, mean, median, quantile, runMeans } from './stats.ts';

/** How one series moved when the trouble began. Numbers are in the series' own unit; `ratio` and `strength` have none. */
export interface Shift {
  readonly series: MetricSeries;
  readonly reading: Reading;
  readonly base: number; // median before; NaN when nothing is known
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
  return {
    series,
    reading,
    base,
    usual,
    during,
    peak,
    ratio,
    strength: strengthOf(ratio) * materiality(series, reading, peak),
    onsetMs: ratio > 1 ? onset(points, start, base, usual, moved, reading.worse) : null,
    ramp: ratio > 1 && isRamp(points, start, moved, reading.worse),
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
function materiality(series: MetricSeries, reading: Reading, peak: number): number {
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
 * The first point from which most of the next five are out by a third of the movement. Looks back as far as an hour or
 * thirty points before the start, for causes move before their symptoms.
 */
function onset(points: readonly MetricPoint[], start: number, base: number, usual: number, moved: number, worse: 1 | -1): number | null {
  const limit = Math.max(usual, moved / 3);
  const out = (index: number): boolean => ((points[index]?.value ?? base) - base) * worse > limit;
  for (let index = Math.max(0, start - 30); index < points.length; index += 1) {
    if (!out(index)) continue;
    const next = Math.min(points.length, index + 5);
    let count = 0;
    for (let at = index; at < next; at += 1) if (out(at)) count += 1;
    if (count * 2 > next - index) return points[index]?.timestampMs ?? null;
  }
  return null;
}

/** A climb: over the stretch around the start, thirds rise one after the other and no single step carries half of it. */
function isRamp(points: readonly MetricPoint[], start: number, moved: number, worse: 1 | -1): boolean {
  const stretch = points.slice(Math.max(0, start - 60)).map((point) => point.value * worse);
  const third = Math.floor(stretch.length / 3);
  if (third < 4) return false;
  const thirds = [stretch.slice(0, third), stretch.slice(third, 2 * third), stretch.slice(2 * third)].map(median);
  const [a = 0, b = 0, c = 0] = thirds;
  const smooth = runMeans(stretch, 3);
  const steps = smooth.slice(1).map((value, index) => value - (smooth[index] ?? value));
  const biggest = Math.max(0, ...steps);
  return b - a > moved * 0.1 && c - b > moved * 0.1 && biggest < moved * 0.5;
}
