import { HOT } from './layout.ts';
import type { Tuning } from './tuning.ts';

/** What the page rule decided for one point. */
export const PAGE = { quiet: 0, suspected: 1, began: 2, goesOn: 3, reopened: 4, ended: 5 } as const;
export type PageDecision = (typeof PAGE)[keyof typeof PAGE];

const MINUTE = 60_000;
const COOL_DOWN_MS = 30 * MINUTE;
const CALM_MS = 5 * MINUTE;
const CALM_POINTS = 3;

/** Points over the line before a page: three at one a minute, fewer where each point covers more time. */
export function pointsNeeded(intervalMs: number): number {
  if (intervalMs <= 2 * MINUTE) return 3;
  return intervalMs <= 15 * MINUTE ? 2 : 1;
}

/** The line for a page: a less sensitive series (factor 0.1…1) needs more. */
export const pageLine = (on: number, factor: number): number => on + (1 - on) * 0.95 * (1 - factor);

export type PageRule = (S: Float64Array, o: number, t: number, severity: number, factor: number) => PageDecision;

/**
 * Page or not, kept apart from severity: over the upper line for a minimum number of points (half of it when far over), until it stayed below
 * the lower line for a while. Trouble that comes back within the cool-down is the same episode: seen, not paged again.
 */
export function createPageRule({ pageOn, pageOff, sure, pageWarm }: Tuning): PageRule {
  return (S, o, t, severity, factor) => {
    const phase = S[o + HOT.phase] as number;
    if (severity < pageOff) {
      if (phase === 2) return calm(S, o, t);
      S[o + HOT.phase] = 0;
      S[o + HOT.startedT] = 0;
      return PAGE.quiet;
    }
    if (phase === 2) {
      S[o + HOT.calm] = 0;
      if (severity > (S[o + HOT.peak] as number)) S[o + HOT.peak] = severity;
      return PAGE.goesOn;
    }
    if ((S[o + HOT.startedT] as number) === 0) S[o + HOT.startedT] = t;
    const line = pageLine(pageOn, factor);
    if (severity < line || (S[o + HOT.count] as number) < pageWarm) return PAGE.quiet;
    const points = phase === 1 ? (S[o + HOT.suspected] as number) + 1 : 1;
    S[o + HOT.phase] = 1;
    S[o + HOT.suspected] = points;
    const needed = pointsNeeded(S[o + HOT.interval] as number);
    if (points < (severity < pageLine(sure, factor) ? needed : Math.ceil(needed / 2))) return PAGE.suspected;
    return open(S, o, t, severity);
  };
}

function open(S: Float64Array, o: number, t: number, severity: number): PageDecision {
  S[o + HOT.phase] = 2;
  S[o + HOT.calm] = 0;
  const ended = S[o + HOT.endedT] as number;
  const coolDown = Math.max(COOL_DOWN_MS, CALM_POINTS * (S[o + HOT.interval] as number));
  if (ended > 0 && t - ended < coolDown) {
    S[o + HOT.peak] = Math.max(S[o + HOT.peak] as number, severity);
    return PAGE.reopened;
  }
  S[o + HOT.origin] = S[o + HOT.startedT] as number;
  S[o + HOT.peak] = severity;
  return PAGE.began;
}

/** A point below the lower line while paging. */
function calm(S: Float64Array, o: number, t: number): PageDecision {
  const points = (S[o + HOT.calm] as number) + 1;
  S[o + HOT.calm] = points;
  const needed = Math.max(CALM_POINTS, Math.ceil(CALM_MS / Math.max(1, S[o + HOT.interval] as number)));
  if (points < needed) return PAGE.goesOn;
  S[o + HOT.phase] = 0;
  S[o + HOT.startedT] = 0;
  S[o + HOT.endedT] = t;
  return PAGE.ended;
}
