import { createHash } from 'node:crypto';
import { type MetricRef, type MetricSeries, seriesKey } from '../domain/metric.ts';
import { type Limit, limitFor } from './forecast.ts';
import { HOT } from './layout.ts';
import { clear, type Slot, type StatePool } from './pool.ts';
import { type Bound, boundFor, type Threshold } from './thresholds.ts';

/** One series the detector knows: what it is, and where its state lies. */
export interface Watched {
  readonly key: string;
  readonly hash: string; // 12 hex digits of the key
  readonly number: number; // a whole number for the key, never 0
  readonly ref: MetricRef;
  readonly resourceId: string;
  unit: string;
  readonly slot: Slot;
  readonly bound: Bound | null;
  readonly limit: Limit | null;
}

export function watch(series: MetricSeries, pool: StatePool, thresholds: readonly Threshold[]): Watched {
  const key = seriesKey(series.ref);
  const hash = createHash('sha256').update(key).digest('hex').slice(0, 12);
  const name = `${series.ref.namespace}/${series.ref.name}`;
  return {
    key,
    hash,
    number: Number.parseInt(hash, 16) + 1,
    ref: series.ref,
    resourceId: series.resourceId,
    unit: series.unit,
    slot: pool.add(),
    bound: boundFor(name, series.ref.stat, thresholds),
    limit: limitFor(name, series.ref.stat, thresholds),
  };
}

/** A metric that now comes in another unit is another metric: what was learned is forgotten. */
export function checkUnit(watched: Watched, unit: string): void {
  let number = 1;
  for (let at = 0; at < unit.length; at += 1) number = (number * 31 + unit.charCodeAt(at)) % 1_000_003;
  const { hot, at } = watched.slot;
  const known = hot[at + HOT.unit] as number;
  if (known !== 0 && known !== number) clear(watched.slot);
  hot[at + HOT.unit] = number;
  watched.unit = unit;
}
