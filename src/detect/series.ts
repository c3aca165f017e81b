import type { MetricRef, MetricSeries } from '../domain/metric.ts';
import { type Limit, limitFor } from './forecast.ts';
import { HOT } from './layout.ts';
import { clear, type Slot } from './pool.ts';
import { type Bound, boundFor, type Threshold } from './thresholds.ts';

/** One series the detector knows: what it is, and where its state lies. */
export interface Watched {
  readonly key: string;
  readonly hash: string; // a short name made from the key
  readonly number: number; // a whole number made from the key, never 0
  readonly ref: MetricRef;
  readonly resourceId: string;
  unit: string;
  readonly slot: Slot;
  readonly bound: Bound | null;
  readonly limit: Limit | null;
  savedHour: number; // HOT.hourEnd when its hours were last saved
  teachBeforeMs: number; // older points only teach
  touched: boolean; // since its state was last taken
}

export function watch(series: MetricSeries, key: string, slot: Slot, thresholds: readonly Threshold[]): Watched {
  const number = numberOf(key);
  const name = `${series.ref.namespace}/${series.ref.name}`;
  return {
    key,
    hash: number.toString(36),
    number,
    ref: series.ref,
    resourceId: series.resourceId,
    unit: series.unit,
    slot,
    bound: boundFor(name, series.ref.stat, thresholds),
    limit: limitFor(name, series.ref.stat, thresholds),
    savedHour: 0,
    teachBeforeMs: Number.NEGATIVE_INFINITY,
    touched: false,
  };
}

/** 53 bits of a text, mixed in two halves of 32 (after FNV-1a); not 0. Names need to differ, not to be secret. */
function numberOf(text: string): number {
  let [low, high] = [0x811c9dc5, 0x9e3779b9];
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    low = Math.imul(low ^ code, 0x01000193);
    high = Math.imul(high ^ code, 0x85ebca6b) ^ (high >>> 15);
  }
  high = Math.imul(high ^ (low >>> 13), 0xc2b2ae35);
  return (high >>> 11) * 2 ** 32 + (low >>> 0) + 1;
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
