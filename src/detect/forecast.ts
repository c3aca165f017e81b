import { HOT } from './layout.ts';
import type { Slot } from './pool.ts';
import { boundFor, type Threshold } from './thresholds.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A limit worth foreseeing. */
export interface Limit {
  readonly limit: number;
  readonly horizonMs: number; // pages when the limit is nearer than this
}

type Row = readonly [metric: string, limit: number | 'bound', horizonMs: number];
const ROWS: readonly Row[] = [
  ['CWAgent/disk_used_percent', 100, 12 * HOUR],
  ['CWAgent/mem_used_percent', 100, 2 * HOUR],
  ['AWS/ECS/MemoryUtilization', 100, 2 * HOUR],
  ['AWS/ElastiCache/DatabaseMemoryUsagePercentage', 100, 4 * HOUR],
  ['AWS/RDS/FreeStorageSpace', 0, 12 * HOUR],
  ['AWS/RDS/FreeableMemory', 0, 2 * HOUR],
  ['AWS/RDS/DatabaseConnections', 'bound', HOUR],
  ['AWS/ElastiCache/CurrConnections', 'bound', HOUR],
  ['AWS/EC2/CPUCreditBalance', 0, 2 * HOUR],
  ['AWS/EBS/BurstBalance', 0, 2 * HOUR],
  ['AWS/CertificateManager/DaysToExpiry', 0, 14 * DAY],
];

/** The limit a metric runs into, or null. Connections run into the threshold that holds for them. */
export function limitFor(name: string, stat: string, configured: readonly Threshold[]): Limit | null {
  const row = ROWS.find(([metric]) => metric === name);
  if (row === undefined) return null;
  const [, limit, horizonMs] = row;
  const above = limit === 'bound' ? boundFor(name, stat, configured)?.above : limit;
  return above === undefined || !Number.isFinite(above) ? null : { limit: above, horizonMs };
}

export interface Forecast {
  readonly atMs: number;
  readonly earliestMs: number;
  readonly latestMs: number; // bounded: ten times the horizon when the slope may be flat
}

const HOLD_MS = 10 * MINUTE;
const BEST_MS = DAY;
const POINTS_MIN = 12;
const INFLATE = 3; // successive errors resemble each other, so the slope is less sure than a regression says

/**
 * Least squares with weights that fade over a sixteenth of the horizon (six points at least), kept as six sums. Gives when the
 * line meets the limit, with a 95 % interval; null while it does not clearly head there, or is no nearer than it usually comes.
 */
export function foresee({ hot: S, at: o }: Slot, t: number, x: number, { limit, horizonMs }: Limit): Forecast | null {
  const fadeMs = Math.max(horizonMs / 16, 6 * (S[o + HOT.interval] as number));
  const passedMs = t - ((S[o + HOT.lineT] as number) || t);
  addPoint(S, o, t, x, fadeMs);
  const weight = S[o + HOT.lineWeight] as number;
  const knownMs = (S[o + HOT.count] as number) * (S[o + HOT.interval] as number);
  const known = (S[o + HOT.lineCount] as number) >= POINTS_MIN && weight >= 3 && knownMs >= horizonMs / 2;
  const meanT = (S[o + HOT.lineSumT] as number) / weight;
  const meanX = (S[o + HOT.lineSumX] as number) / weight;
  const varT = (S[o + HOT.lineSumTT] as number) / weight - meanT * meanT;
  const varX = (S[o + HOT.lineSumXX] as number) / weight - meanX * meanX;
  const both = (S[o + HOT.lineSumTX] as number) / weight - meanT * meanX;
  if (varT <= 0 || varX <= 0) return null;
  const slope = both / varT;
  const explained = (both * both) / (varT * varX);
  const now = meanX - slope * meanT; // the line at t
  const left = limit - now;
  const isNew = breaksGround(S, o, now, left, passedMs, fadeMs);
  if (!known || explained < 0.8 || left * slope <= 0 || !isNew) return null;
  const error = INFLATE * Math.sqrt((Math.max(0, 1 - explained) * varX) / varT / Math.max(1, weight - 2));
  const speed = Math.abs(slope);
  const way = Math.abs(left);
  return {
    atMs: Math.round(t + way / speed),
    earliestMs: Math.round(t + way / (speed + 2 * error)),
    latestMs: Math.round(t + Math.min(way / Math.max(speed - 2 * error, 1e-300), 10 * horizonMs)),
  };
}

/** Whether the line stands nearer to the limit than it usually comes: what breathes in and out every hour does not. */
function breaksGround(S: Float64Array, o: number, now: number, left: number, passedMs: number, fadeMs: number): boolean {
  const best = (S[o + HOT.forecastBest] as number) || now;
  const nearer = (now - best) * Math.sign(left) > 0;
  S[o + HOT.forecastBest] = best + (1 - Math.exp(-passedMs / (nearer ? 2 * fadeMs : BEST_MS))) * (now - best);
  return nearer;
}

function addPoint(S: Float64Array, o: number, t: number, x: number, fadeMs: number): void {
  const dt = t - ((S[o + HOT.lineT] as number) || t);
  if (dt > 10 * fadeMs) S.fill(0, o + HOT.lineWeight, o + HOT.lineCount + 1);
  const keep = Math.exp(-dt / fadeMs);
  const [weight, sumT, sumX] = [S[o + HOT.lineWeight] as number, S[o + HOT.lineSumT] as number, S[o + HOT.lineSumX] as number];
  S[o + HOT.lineSumTT] = keep * ((S[o + HOT.lineSumTT] as number) - 2 * dt * sumT + dt * dt * weight);
  S[o + HOT.lineSumTX] = keep * ((S[o + HOT.lineSumTX] as number) - dt * sumX);
  S[o + HOT.lineSumT] = keep * (sumT - dt * weight);
  S[o + HOT.lineWeight] = keep * weight + 1;
  S[o + HOT.lineSumX] = keep * sumX + x;
  S[o + HOT.lineSumXX] = keep * (S[o + HOT.lineSumXX] as number) + x * x;
  S[o + HOT.lineCount] = (S[o + HOT.lineCount] as number) + 1;
  S[o + HOT.lineT] = t;
}

/** What the rule for forecasts decided. */
export type ForecastDecision = 'quiet' | 'live' | 'ended';

/**
 * A forecast is live once it has held for HOLD_MS: the limit is within the horizon, and most of the way is behind or little time
 * is left. It ends when that was not so for as long.
 */
export function decideForecast({ hot: S, at: o }: Slot, t: number, x: number, limit: Limit, forecast: Forecast | null): ForecastDecision {
  const leftMs = forecast === null ? Number.POSITIVE_INFINITY : forecast.atMs - t;
  const live = (S[o + HOT.forecastOrigin] as number) > 0;
  const horizon = live ? 1.5 * limit.horizonMs : limit.horizonMs;
  const far = limit.limit > 0 && x < 0.6 * limit.limit && leftMs > limit.horizonMs / 4;
  const unsure = forecast === null || forecast.latestMs - t > 3 * horizon;
  if (leftMs > horizon || unsure || (far && !live)) {
    S[o + HOT.forecastSince] = 0;
    if (!live) return 'quiet';
    const calm = (S[o + HOT.forecastCalm] as number) || t;
    S[o + HOT.forecastCalm] = calm;
    if (t - calm < HOLD_MS) return 'live';
    S[o + HOT.forecastOrigin] = 0;
    return 'ended';
  }
  S[o + HOT.forecastCalm] = 0;
  const since = (S[o + HOT.forecastSince] as number) || t;
  S[o + HOT.forecastSince] = since;
  if (live) return 'live';
  if (t - since < HOLD_MS) return 'quiet';
  S[o + HOT.forecastOrigin] = since;
  return 'live';
}

/** Severity of a limit met in `leftMs`: one half at the horizon, near one when it is at hand. */
export const forecastSeverity = (leftMs: number, horizonMs: number): number => Math.min(0.99, Math.max(0.5, 1 - 0.5 * (leftMs / horizonMs)));
