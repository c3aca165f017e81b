import type { Anomaly } from '../domain/anomaly.ts';
import { type Forecast, forecastSeverity } from './forecast.ts';
import { HOT, KIND } from './layout.ts';
import { type Seen, sayForecast, sayKind, sayMissing, sayThreshold } from './sentences.ts';
import type { Watched } from './series.ts';
import type { Reading } from './step.ts';

const base = (watched: Watched, suffix: string, originMs: number): Pick<Anomaly, 'id' | 'key' | 'metric' | 'resourceId' | 'unit' | 'incidentId'> => ({
  id: `a-${watched.hash}-${suffix}${originMs.toString(36)}`,
  key: watched.key,
  metric: watched.ref,
  resourceId: watched.resourceId,
  unit: watched.unit,
  incidentId: null,
});

function seenOf(watched: Watched, value: number, low: number, high: number, up: boolean): Seen {
  return { metric: watched.ref.name, unit: watched.unit, value, low, high, up };
}

/** The episode the page rule is in, told by its newest point. */
export function pointEpisode(watched: Watched, t: number, x: number, reading: Reading): Anomaly {
  const { hot, at } = watched.slot;
  const kind = hot[at + HOT.kind] as number;
  const up = hot[at + HOT.up] === 1;
  const origin = hot[at + HOT.origin] as number;
  const low = hot[at + HOT.lowest] === 0 ? Math.max(0, reading.low) : reading.low; // a value never negative stays so
  const seen = seenOf(watched, x, low, reading.high, up);
  const threshold = kind === KIND.threshold ? watched.bound : null;
  const minutes = Math.max(1, Math.round((t - (hot[at + HOT.breachT] as number) + (hot[at + HOT.interval] as number)) / 60_000));
  return {
    ...base(watched, '', origin),
    method: threshold !== null ? 'threshold' : kind === KIND.season ? 'baseline' : 'timeseries',
    severity: hot[at + HOT.peak] as number,
    direction: kind === KIND.flat ? 'flat' : up ? 'up' : 'down',
    value: x,
    expected: { low, high: reading.high },
    startedAtMs: origin,
    lastSeenAtMs: t,
    endedAtMs: null,
    explanation: threshold !== null ? sayThreshold(seen, up ? threshold.above : threshold.below, minutes) : sayKind(kind, seen),
    forecast: null,
  };
}

/** The episode of a limit that will be met. */
export function forecastEpisode(watched: Watched, t: number, x: number, limit: number, horizonMs: number, forecast: Forecast): Anomaly {
  const { hot, at } = watched.slot;
  const origin = hot[at + HOT.forecastOrigin] as number;
  const peak = Math.max(hot[at + HOT.forecastPeak] as number, forecastSeverity(forecast.atMs - t, horizonMs));
  hot[at + HOT.forecastPeak] = peak;
  const up = limit > x;
  return {
    ...base(watched, 'f', origin),
    method: 'prediction',
    severity: peak,
    direction: up ? 'up' : 'down',
    value: x,
    expected: null,
    startedAtMs: origin,
    lastSeenAtMs: t,
    endedAtMs: null,
    explanation: sayForecast(seenOf(watched, x, 0, 0, up), limit, forecast.atMs - t, forecast.earliestMs - t, forecast.latestMs - t),
    forecast: { limit, ...forecast },
  };
}

/** The episode of points that stopped coming. */
export function missingEpisode(watched: Watched, nowMs: number, severity: number): Anomaly {
  const { hot, at } = watched.slot;
  const since = hot[at + HOT.lastT] as number;
  return {
    ...base(watched, 'm', hot[at + HOT.missing] as number),
    method: 'timeseries',
    severity,
    direction: 'missing',
    value: null,
    expected: null,
    startedAtMs: since,
    lastSeenAtMs: nowMs,
    endedAtMs: null,
    explanation: sayMissing(watched.ref.name, hot[at + HOT.interval] as number, nowMs - since),
    forecast: null,
  };
}

/** An episode of several metrics of one resource, filed under the one that tells most. */
export function relatedEpisode(watched: Watched, type: string, originMs: number, t: number, severity: number, explanation: Anomaly['explanation']): Anomaly {
  const { hot, at } = watched.slot;
  return {
    ...base(watched, type, originMs),
    method: 'correlation',
    severity,
    direction: (hot[at + HOT.rest] as number) >= 0 ? 'up' : 'down',
    value: hot[at + HOT.previous] as number,
    expected: null,
    startedAtMs: originMs,
    lastSeenAtMs: t,
    endedAtMs: null,
    explanation,
    forecast: null,
  };
}
