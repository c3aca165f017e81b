import { createDeviation } from './deviation.ts';
import { HOT, KIND, STREAM } from './layout.ts';
import { createScore } from './score.ts';
import type { Tuning } from './tuning.ts';

/** What one point told. Reused from point to point, so that the hot path makes no garbage. */
export interface Reading {
  accepted: boolean; // false: repeated or late, nothing was learned
  severity: number; // 0..1, how far from usual
  page: number; // the severity that may page: without what is usual at this hour
  score: number; // 0..1, only where an episode begins or grows
  kind: number; // of KIND
  low: number; // where the value was expected
  high: number;
  up: boolean;
}

export const newReading = (): Reading => ({ accepted: false, severity: 0, page: 0, score: 0, kind: KIND.none, low: 0, high: 0, up: true });

export type Step = (S: Float64Array, o: number, C: Float32Array, c: number, t: number, x: number, out: Reading) => void;

const LATE_MAX = 20; // late points in a row, each newer than the last, mean that the clock was set back
const FLAT_MIN = 30;

/**
 * One point in, one reading out; the state at S[o…] and C[c…] is all that is remembered. x must be finite. Severity is a
 * deviation from the usual (deviation.ts) or a line gone flat; the score (score.ts) speaks once an episode.
 */
export function createStep(tuning: Tuning): Step {
  const deviation = createDeviation(tuning);
  const score = createScore(tuning);
  const { hold } = tuning;
  return (S, o, C, c, t, x, out) => {
    out.accepted = false;
    const count = S[o + HOT.count] as number;
    if (count > 0 && t <= (S[o + HOT.lastT] as number) && !clockWasSetBack(S, o, t)) return;
    out.accepted = true;
    out.kind = KIND.none;
    if (count === 0 || isReset(S, o, count, x)) begin(S, o, count, x);
    else learnInterval(S, o, count, t);
    S[o + HOT.count] = count + 1;
    S[o + HOT.lastT] = t;
    const strays = deviation(S, o, C, c, t, x, out);
    const flat = flatness(S, o, count, x);
    if (flat > out.severity) {
      out.severity = flat;
      out.page = flat;
      out.kind = KIND.flat;
    }
    score(S, o, count, x, strays, out);
    out.severity = Math.max(out.severity, hold * (S[o + HOT.severity] as number)); // trouble dies away, it does not stop at once
    S[o + HOT.severity] = out.severity;
    S[o + HOT.previous] = x;
    if (x < (S[o + HOT.lowest] as number)) S[o + HOT.lowest] = x;
  };
}

function clockWasSetBack(S: Float64Array, o: number, t: number): boolean {
  const run = t > (S[o + HOT.lateT] as number) ? (S[o + HOT.lateRun] as number) + 1 : 1;
  S[o + HOT.lateT] = t;
  S[o + HOT.lateRun] = run;
  if (run < LATE_MAX) return false;
  S[o + HOT.lateRun] = 0;
  S[o + HOT.lateT] = 0;
  return true;
}

/** A counter that has only risen and now stands near zero was restarted: nothing is wrong with it. */
function isReset(S: Float64Array, o: number, count: number, x: number): boolean {
  const previous = S[o + HOT.previous] as number;
  const gain = Math.max(0.01, 1 / (count + 1));
  const falls = x < previous ? 1 : 0;
  const falling = S[o + HOT.falling] as number;
  const rising = S[o + HOT.rising] as number;
  if (falls === 1 && count >= 30 && falling < 0.005 && rising > 0.5 && x >= 0 && x < previous / 2) return true;
  S[o + HOT.falling] = falling + gain * (falls - falling);
  S[o + HOT.rising] = rising + gain * ((x > previous ? 1 : 0) - rising);
  return false;
}

/** First point, or first after a counter's restart: the usual value is this one, what was learned about its spread stays. */
function begin(S: Float64Array, o: number, count: number, x: number): void {
  const shift = x - (S[o + HOT.level] as number);
  S[o + HOT.level] = x;
  S[o + HOT.short] = x;
  S[o + HOT.previous] = x;
  if (count === 0) {
    S[o + HOT.spread] = Math.abs(x) * 0.1;
    S[o + HOT.bucket] = -1;
  }
  S[o + HOT.slow] = x;
  S[o + STREAM.slow] = (S[o + STREAM.slow] as number) + shift;
}

function learnInterval(S: Float64Array, o: number, count: number, t: number): void {
  const step = t - (S[o + HOT.lastT] as number);
  const interval = S[o + HOT.interval] as number;
  if (step <= 0 || (interval > 0 && step > 10 * interval && count > 3)) return; // a gap is no interval
  const gain = Math.max(0.05, 1 / count);
  const jitter = S[o + HOT.jitter] as number;
  S[o + HOT.interval] = interval + gain * (step - interval);
  S[o + HOT.jitter] = jitter + gain * (Math.abs(step - interval) * (count > 1 ? 1 : 0) - jitter);
}

/**
 * Severity of a value that stopped moving, 0 when it does not or never moved much. Ends by itself: a line that stays flat
 * becomes its own usual. Zero is "nothing happens", not flat.
 */
function flatness(S: Float64Array, o: number, count: number, x: number): number {
  const changing = S[o + HOT.changing] as number;
  const longest = S[o + HOT.flatLongest] as number;
  const run = S[o + HOT.flatRun] as number;
  if (x !== S[o + HOT.previous] || count === 0) {
    S[o + HOT.changing] = changing + 0.01 * (1 - changing);
    if (run > longest) S[o + HOT.flatLongest] = run;
    else S[o + HOT.flatLongest] = longest * 0.9995;
    S[o + HOT.flatRun] = 0;
    return 0;
  }
  S[o + HOT.flatRun] = run + 1;
  const usual = Math.max(FLAT_MIN, 3 * longest);
  if (run > 10 * usual) S[o + HOT.changing] = changing * 0.99;
  if (x === 0 || run < usual || changing < 0.6) return 0;
  return 0.6 + 0.3 * (1 - usual / (run + 1));
}
