import { HOT } from './layout.ts';
import type { Tuning } from './tuning.ts';

const AT = HOT; // a constant of this module: the compiler folds its places into the code

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
    const phase = S[o + AT.phase] as number;
    if (severity < pageOff) {
      if (phase === 2) return calm(S, o, t);
      S[o + AT.phase] = 0;
      S[o + AT.startedT] = 0;
      return PAGE.quiet;
    }
    if (phase === 2) {
      S[o + AT.calm] = 0;
      if (severity > (S[o + AT.peak] as number)) S[o + AT.peak] = severity;
      return PAGE.goesOn;
    }
    if ((S[o + AT.startedT] as number) === 0) S[o + AT.startedT] = t;
    const line = pageLine(pageOn, factor);
    if (severity < line || (S[o + AT.count] as number) < pageWarm) return PAGE.quiet;
    const points = phase === 1 ? (S[o + AT.suspected] as number) + 1 : 1;
    S[o + AT.phase] = 1;
    S[o + AT.suspected] = points;
    const needed = pointsNeeded(S[o + AT.interval] as number);
    if (points < (severity < pageLine(sure, factor) ? needed : Math.ceil(needed / 2))) return PAGE.suspected;
    return open(S, o, t, severity);
  };
}

function open(S: Float64Array, o: number, t: number, severity: number): PageDecision {
  S[o + AT.phase] = 2;
  S[o + AT.calm] = 0;
  const ended = S[o + AT.endedT] as number;
  const coolDown = Math.max(COOL_DOWN_MS, CALM_POINTS * (S[o + AT.interval] as number));
  if (ended > 0 && t - ended < coolDown) {
    S[o + AT.peak] = Math.max(S[o + AT.peak] as number, severity);
    return PAGE.reopened;
  }
  S[o + AT.origin] = S[o + AT.startedT] as number;
  S[o + AT.peak] = severity;
  return PAGE.began;
}

/** A point below the lower line while paging. */
function calm(S: Float64Array, o: number, t: number): PageDecision {
  const points = (S[o + AT.calm] as number) + 1;
  S[o + AT.calm] = points;
  const needed = Math.max(CALM_POINTS, Math.ceil(CALM_MS / Math.max(1, S[o + AT.interval] as number)));
  if (points < needed) return PAGE.goesOn;
  S[o + AT.phase] = 0;
  S[o + AT.startedT] = 0;
  S[o + AT.endedT] = t;
  return PAGE.ended;
}
