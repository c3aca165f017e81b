import { createDeviation } from './deviation.ts';
import { HOT, KIND, STREAM } from './layout.ts';
import { createScore } from './score.ts';
import type { Tuning } from './tuning.ts';

const AT = HOT; // a constant of this module: the compiler folds its places into the code
const IN = STREAM;

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
    const count = S[o + AT.count] as number;
    if (count > 0 && t <= (S[o + AT.lastT] as number) && !clockWasSetBack(S, o, t)) return;
    out.accepted = true;
    S[o + AT.value] = x;
    if (count === 0 || isReset(S, o)) begin(S, o);
    else learnInterval(S, o, t);
    S[o + AT.count] = count + 1;
    S[o + AT.first] = 1 / (count + 1);
    S[o + AT.lastT] = t;
    deviation(S, o, C, c, out);
    flatness(S, o, out);
    score(S, o, out);
    out.severity = Math.max(out.severity, hold * (S[o + AT.severity] as number)); // trouble dies away, it does not stop at once
    S[o + AT.severity] = out.severity;
    S[o + AT.previous] = x;
    if (x < (S[o + AT.lowest] as number)) S[o + AT.lowest] = x;
  };
}

function clockWasSetBack(S: Float64Array, o: number, t: number): boolean {
  const run = t > (S[o + AT.lateT] as number) ? (S[o + AT.lateRun] as number) + 1 : 1;
  S[o + AT.lateT] = t;
  S[o + AT.lateRun] = run;
  if (run < LATE_MAX) return false;
  S[o + AT.lateRun] = 0;
  S[o + AT.lateT] = 0;
  return true;
}

/** A counter that has only risen and now stands near zero was restarted: nothing is wrong with it. */
function isReset(S: Float64Array, o: number): boolean {
  const count = S[o + AT.count] as number;
  const x = S[o + AT.value] as number;
  const previous = S[o + AT.previous] as number;
  const gain = Math.max(0.01, S[o + AT.first] as number);
  const falling = S[o + AT.falling] as number;
  const rising = S[o + AT.rising] as number;
  if (x < previous / 2 && x >= 0 && count >= 30 && falling < 0.005 && rising > 0.5) return true;
  S[o + AT.falling] = falling + gain * ((x < previous ? 1 : 0) - falling);
  S[o + AT.rising] = rising + gain * ((x > previous ? 1 : 0) - rising);
  return false;
}

/** First point, or first after a counter's restart: the usual value is this one, what was learned about its spread stays. */
function begin(S: Float64Array, o: number): void {
  const x = S[o + AT.value] as number;
  const slowMean = o + IN.spreads + 3 * 2;
  S[slowMean] = (S[slowMean] as number) + x - (S[o + AT.level] as number);
  for (const at of [AT.level, AT.short, AT.slow, AT.previous]) S[o + at] = x;
  if (S[o + AT.count] === 0) S[o + AT.spread] = Math.abs(x) * 0.1;
}

function learnInterval(S: Float64Array, o: number, t: number): void {
  const count = S[o + AT.count] as number;
  const step = t - (S[o + AT.lastT] as number);
  const interval = S[o + AT.interval] as number;
  if (step === interval && (S[o + AT.jitter] as number) < 1) return; // as regular as can be
  if (step <= 0 || (interval > 0 && step > 10 * interval && count > 3)) return; // a gap is no interval
  const gain = Math.max(0.05, 1 / count);
  const jitter = S[o + AT.jitter] as number;
  S[o + AT.interval] = interval + gain * (step - interval);
  S[o + AT.jitter] = jitter + gain * (Math.abs(step - interval) * (count > 1 ? 1 : 0) - jitter);
}

/**
 * A value that stopped moving, though it usually moves. Ends by itself: a line that stays flat becomes its own usual. Zero is
 * "nothing happens", not flat.
 */
function flatness(S: Float64Array, o: number, out: Reading): void {
  const x = S[o + AT.value] as number;
  const changing = S[o + AT.changing] as number;
  const longest = S[o + AT.flatLongest] as number;
  const run = S[o + AT.flatRun] as number;
  if (x !== S[o + AT.previous]) {
    if (changing < 0.99) S[o + AT.changing] = changing + 0.01 * (1 - changing);
    if (run > 0 || longest > 1) S[o + AT.flatLongest] = Math.max(run, longest * 0.9995);
    S[o + AT.flatRun] = 0;
    return;
  }
  S[o + AT.flatRun] = run + 1;
  const usual = Math.max(FLAT_MIN, 3 * longest);
  if (run > 10 * usual) S[o + AT.changing] = changing * 0.99;
  if (x === 0 || run < usual || changing < 0.6) return;
  const severity = 0.6 + 0.3 * (1 - usual / (run + 1));
  if (severity <= out.severity) return;
  out.severity = severity;
  out.page = severity;
  out.kind = KIND.flat;
}
