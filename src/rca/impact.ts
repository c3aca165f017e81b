import type { MetricSeries } from '../domain/metric.ts';
import type { RcaSubject } from './context.ts';
import { isPercent, readingOf, statisticRank, toSeconds } from './signals.ts';
import { ascending, clamp01, mean, median, quantile, runMeans } from './stats.ts';

/** What a symptom is made of: seconds waited, or requests failed. */
export type Mode = 'latency' | 'failures';
export const MODES: readonly Mode[] = ['latency', 'failures'];

/** How much of a symptom passes through one resource since the trouble began, over its own usual level. */
export interface Impact {
  readonly amount: number; // seconds or failed requests a period; 0 or more
  readonly sure: number; // 0..1: how far over what chance and habit give
  readonly rare: number; // share of earlier stretches of the same length that moved less
  readonly isNew: boolean; // its traffic began with the trouble
  readonly requests: number; // a period, since the trouble began
  readonly series: MetricSeries;
}

/** The series of one resource that an impact is made of. */
interface Flow {
  readonly level: MetricSeries; // latency, availability or errors
  readonly requests: MetricSeries | null;
  readonly counted: boolean; // requests are known, at least from neighbours
}

interface Sample {
  readonly bad: number; // seconds or failed requests in the period
  readonly requests: number;
}

const USUAL_QUANTILE = 0.95;
const GUARD = 3;
const EARLY_DISCOUNT = 0.7;
const ROLES: Readonly<Record<Mode, readonly string[]>> = { latency: ['latency'], failures: ['availability', 'errors'] };

export interface ImpactOptions {
  readonly stat: string | null; // the statistic to prefer
  readonly requests: number | null; // taken for a period where the resource counts none; null: not even its neighbours do
}

/**
 * The impact of one resource in one mode, or null when it has no such metric. Latency counts as Δlatency × requests, so that a
 * slow call that is made once weighs less than a slightly slow one that everybody makes; without a request count, as per request.
 */
export function impactOf(own: readonly MetricSeries[], mode: Mode, subject: RcaSubject, options: ImpactOptions): Impact | null {
  const flow = flowOf(own, mode, options.stat);
  if (flow === null) return null;
  const requests = new Map((flow.requests?.points ?? []).map((point) => [point.timestampMs, point.value]));
  const usualRequests = median([...requests.values()]);
  const level = levelReader(flow.level, mode);
  const before: Sample[] = [];
  const since: Sample[] = [];
  for (const point of flow.level.points) {
    if (!Number.isFinite(point.value) || point.timestampMs > subject.nowMs) continue;
    const count = requests.get(point.timestampMs) ?? (Number.isFinite(usualRequests) ? usualRequests : (options.requests ?? 1));
    const sample = { bad: level(point.value, count), requests: count };
    (point.timestampMs < subject.startedAtMs ? before : since).push(sample);
  }
  if (since.length === 0) return null;
  return measure(before, since, mode, { ...flow, counted: flow.requests !== null || options.requests !== null });
}

function flowOf(own: readonly MetricSeries[], mode: Mode, stat: string | null): Flow | null {
  const best = (roles: readonly string[], prefer: string | null): MetricSeries | null =>
    own
      .filter((series) => roles.includes(readingOf(series.ref).role))
      .map((series) => ({
        series,
        rank:
          (series.ref.stat === prefer ? -1 : statisticRank(series.ref)) +
          Object.keys(series.ref.dimensions).length * 0.1 +
          10 * roles.indexOf(readingOf(series.ref).role),
      }))
      .sort((a, b) => a.rank - b.rank)[0]?.series ?? null;
  const level = best(ROLES[mode], stat);
  return level === null ? null : { level, requests: best(['requests'], null), counted: false };
}

/** Turns a value into seconds waited or requests failed in one period of `requests` calls. */
function levelReader(series: MetricSeries, mode: Mode): (value: number, requests: number) => number {
  if (mode === 'latency') {
    const factor = toSeconds(series);
    return (value, requests) => value * factor * requests;
  }
  const isRate = isPercent(series) || /rate|ratio/i.test(series.ref.name);
  const whole = series.points.some((point) => point.value > 1.5) ? 100 : 1;
  if (readingOf(series.ref).role === 'availability') return (value, requests) => clamp01(1 - value / whole) * requests;
  return isRate ? (value, requests) => clamp01(value / whole) * requests : (value) => Math.max(0, value);
}

function measure(before: readonly Sample[], since: readonly Sample[], mode: Mode, flow: Flow): Impact | null {
  const guard = Math.min(since.length, GUARD, Math.floor(before.length / 4));
  const learned = before.slice(0, before.length - guard).filter((sample) => sample.requests > 0);
  const asked = since.reduce((sum, sample) => sum + sample.requests, 0);
  const isNew = learned.length < 3 && flow.requests !== null;
  if (learned.length < 3 && !isNew) return null;
  const rate = usualRate(learned, mode);
  const excess = (samples: readonly Sample[]): number[] => samples.map((sample) => sample.bad - rate * sample.requests);
  const moved = mean(excess(since));
  const early = guard === 0 ? 0 : clamp01(mean(excess(before.slice(-guard))) / Math.max(moved, 1e-12));
  const amount = Math.max(0, moved) * (1 - early * EARLY_DISCOUNT);
  const runs = excursions(learned, rate, since.length).map((run) => (run * asked) / since.length);
  const floor = mode === 'failures' && flow.counted ? chance(rate, asked, since.length) : (rate * asked * 0.02) / since.length;
  const sure = sureness(amount, Math.max(quantile(runs, USUAL_QUANTILE), floor));
  return {
    amount,
    sure,
    rare: runs.filter((run) => run < amount).length / Math.max(1, runs.length),
    isNew,
    requests: asked / since.length,
    series: flow.level,
  };
}

/** Seconds or failures a request: the median for times; for failures, which are rare, the pooled share without the most unusual periods. */
function usualRate(samples: readonly Sample[], mode: Mode): number {
  if (samples.length === 0) return 0;
  const sorted = [...samples].sort((a, b) => a.bad / a.requests - b.bad / b.requests);
  if (mode === 'latency')
    return quantile(
      sorted.map((sample) => sample.bad / sample.requests),
      0.5,
    );
  const trim = Math.floor(sorted.length * 0.05);
  const kept = sorted.slice(trim, sorted.length - trim);
  return kept.reduce((sum, sample) => sum + sample.bad, 0) / kept.reduce((sum, sample) => sum + sample.requests, 0);
}

/** How far stretches of `width` periods went by themselves, a request, ascending: by request, so that a quiet night and a busy noon compare. */
function excursions(learned: readonly Sample[], rate: number, width: number): Float64Array {
  const run = Math.max(1, Math.min(width, Math.floor(learned.length / 4)));
  const requests = runMeans(
    learned.map((sample) => sample.requests),
    run,
  );
  const bad = runMeans(
    learned.map((sample) => sample.bad),
    run,
  );
  return ascending(bad.map((sum, index) => sum / (requests[index] ?? 1) - rate));
}

/** Two standard deviations of a binomial count, a period: few requests prove little. */
function chance(rate: number, asked: number, periods: number): number {
  const p = (rate * asked + 0.5) / (asked + 1);
  return (2 * Math.sqrt(Math.max(0, asked * p * (1 - p)))) / periods;
}

function sureness(amount: number, noise: number): number {
  if (!(amount > noise)) return Number.isFinite(noise) ? 0 : 1;
  return noise <= 0 ? 1 : 1 - noise / amount;
}
