import { type Explanation, explain } from '../domain/explanation.ts';
import { formatQuantity } from '../domain/quantity.ts';
import { KIND } from './layout.ts';

/** What a sentence may need: the metric's short name, its unit and what was seen and expected. Times in ms. */
export interface Seen {
  readonly metric: string;
  readonly unit: string;
  readonly value: number;
  readonly low: number;
  readonly high: number;
  readonly up: boolean;
}

const TEMPLATES: Record<number, readonly [code: string, template: string]> = {
  [KIND.none]: ['detect.spike', '{metric} is {value}; usual is {low} to {high}.'],
  [KIND.spike]: ['detect.spike', '{metric} is {value}; usual is {low} to {high}.'],
  [KIND.level]: ['detect.level', '{metric} has moved to a new level, now {value}; usual is {low} to {high}.'],
  [KIND.season]: ['detect.season', '{metric} is {value}; usual at this hour is {low} to {high}.'],
  [KIND.variance]: ['detect.variance', '{metric} swings far more than usual, now {value}; usual is {low} to {high}.'],
  [KIND.flat]: ['detect.flat', '{metric} has stopped moving at {value}, though it usually changes all the time.'],
};

/** One sentence on a value out of line. */
export function sayKind(kind: number, { metric, unit, value, low, high }: Seen): Explanation {
  const [code, template] = TEMPLATES[kind] ?? ['detect.spike', '{metric} is {value}; usual is {low} to {high}.'];
  return explain(code, template, { metric, value: formatQuantity(value, unit), low: formatQuantity(low, unit), high: formatQuantity(high, unit) });
}

/** One sentence on a crossed threshold. */
export function sayThreshold({ metric, unit, value, up }: Seen, bound: number, minutes: number): Explanation {
  const side = up ? 'above' : 'below';
  const params = { metric, value: formatQuantity(value, unit), bound: formatQuantity(bound, unit), minutes };
  return explain(`detect.threshold_${side}`, `{metric} is {value}, ${side} its limit of {bound} for {minutes} min.`, params);
}

/** One sentence on points that stopped coming. */
export function sayMissing(metric: string, everyMs: number, sinceMs: number): Explanation {
  const params = { metric, minutes: Math.round(sinceMs / 60_000), every: formatQuantity(everyMs / 1000, 'Seconds') };
  return explain('detect.missing', '{metric} has sent nothing for {minutes} min; it usually reports every {every}.', params);
}

/** One sentence on a limit that will be met. */
export function sayForecast(seen: Seen, limit: number, leftMs: number, earliestMs: number, latestMs: number): Explanation {
  const span = (ms: number): string => formatQuantity(ms / 1000, 'Seconds');
  const params = {
    metric: seen.metric,
    value: formatQuantity(seen.value, seen.unit),
    limit: formatQuantity(limit, seen.unit),
    left: span(leftMs),
    earliest: span(earliestMs),
    latest: span(latestMs),
  };
  return explain('detect.forecast', '{metric} is {value} and will reach {limit} in about {left} (between {earliest} and {latest}).', params);
}

/** One sentence on two metrics that parted. */
export function sayParted(metric: string, other: string): Explanation {
  return explain('detect.parted', '{metric} and {other} usually move together and have stopped doing so.', { metric, other });
}

/** One sentence on several metrics of one resource that left their usual values at once. */
export function sayTogether(metric: string, count: number): Explanation {
  return explain('detect.together', '{metric} and {others} more metrics of the same resource left their usual values at the same time.', {
    metric,
    others: count - 1,
  });
}
