import { HOT } from './layout.ts';
import type { Slot } from './pool.ts';

const POINTS_MIN = 30;
const SILENCE_MIN_MS = 10 * 60_000;
const GONE_MS = 24 * 3_600_000;

export type Silence = { readonly type: 'none' } | { readonly type: 'silent'; readonly severity: number } | { readonly type: 'gone' };

/**
 * Whether a series that reports regularly has fallen silent: five of its intervals and ten minutes without a point. One that
 * comes and goes (its intervals vary) is never silent; after a day it is gone, and no longer out of line.
 */
export function silenceOf({ hot: S, at: o }: Slot, nowMs: number): Silence {
  const interval = S[o + HOT.interval] as number;
  const regular = (S[o + HOT.count] as number) >= POINTS_MIN && interval > 0 && (S[o + HOT.jitter] as number) < 0.3 * interval;
  if (!regular) return { type: 'none' };
  const silent = nowMs - (S[o + HOT.lastT] as number);
  const allowed = Math.max(5 * interval, SILENCE_MIN_MS);
  if (silent < allowed) return { type: 'none' };
  return silent > Math.max(GONE_MS, 5 * allowed) ? { type: 'gone' } : { type: 'silent', severity: 0.5 + 0.4 * (1 - allowed / silent) };
}

/** When most series fall silent at once it is the source that does not answer, which is said elsewhere. */
export const isSourceSilent = (silent: number, all: number): boolean => all >= 4 && silent > all / 2;
