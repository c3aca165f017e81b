import { HOT, SIGNS, STREAM } from './layout.ts';
import type { Reading } from './step.ts';
import type { Tuning } from './tuning.ts';

const AT = HOT; // a constant of this module: the compiler folds its places into the code
const IN = STREAM;

/** Scores the newest point (AT.value, AT.rest, AT.strays); S[o + AT.count] is the number of points with it. */
export type Score = (S: Float64Array, o: number, out: Reading) => void;

/** One over each deviation is worked out at every point of a young series, then at every eighth. */
const isDue = (count: number): boolean => count < 64 || count % 8 === 0;

/**
 * The learned score. Five signs tell how strange a point is: the deviation left after the season against the range it has
 * known, and against its own spread; how rough the line is; where its slow average stands; how far it strays. Each is
 * measured against its own history, so that series of any kind compare; the mean of their square roots lets several weak signs
 * outweigh a single loud one. It is sent only when it passes `regain` times the last one sent, which fades, more slowly the longer the
 * series is known: once an episode, again when it gets worse.
 */
export function createScore(tuning: Tuning): Score {
  const { roughN, slowN, streamN, leak, zCap, exceedCap, floor, historyN, warm, regain, forgetN, forgetShare } = tuning;
  const [roughGain, slowGain, streamGain, historyGain] = [2 / (roughN + 1), 2 / (slowN + 1), 1 / streamN, 1 / historyN];

  /** How far the value is past the range it has known, in that range; the range closes slowly toward the mean. */
  function exceed(S: Float64Array, at: number, value: number, gain: number, base: number): number {
    const low = S[at] as number;
    const high = S[at + 1] as number;
    const mean = S[at + 2] as number;
    const center = mean + gain * (value - mean);
    S[at + 2] = center;
    S[at] = value < low ? value : low + leak * (center - low);
    S[at + 1] = value > high ? value : high - leak * (high - center);
    if (value >= low && value <= high) return 0;
    const past = value > high ? value - high : low - value;
    return Math.min(exceedCap, past / (high - low + base));
  }

  /** How far the value is from its mean, in its own spread. */
  function apart(S: Float64Array, at: number, value: number, gain: number, base: number, due: boolean): number {
    const far = value - (S[at] as number);
    const variance = (1 - gain) * ((S[at + 1] as number) + gain * far * far);
    const z = Math.abs(far) * (S[at + 2] as number);
    S[at] = (S[at] as number) + gain * far;
    S[at + 1] = variance;
    if (due) S[at + 2] = variance > 0 ? 1 / (Math.sqrt(variance) + base) : 0;
    return Math.min(z, zCap);
  }

  /** The root of how far a sign is above its own history; what it teaches is clipped, so that one storm does not make the next look small. */
  function surprise(S: Float64Array, at: number, sign: number, gain: number, due: boolean, warmed: boolean): number {
    const over = S[at + 2] as number;
    const apart = sign - (S[at] as number);
    const z = apart * over;
    const far = warmed && z > 9 ? 9 / over : apart;
    const variance = (1 - gain) * ((S[at + 1] as number) + gain * far * far);
    S[at] = (S[at] as number) + gain * far;
    S[at + 1] = variance;
    if (due) S[at + 2] = 1 / Math.sqrt(variance + 1e-9);
    return z > 0 ? Math.sqrt(z) : 0;
  }

  return (S, o, out) => {
    const count = S[o + AT.count] as number;
    const first = S[o + AT.first] as number;
    const x = S[o + AT.value] as number;
    const rest = S[o + AT.rest] as number;
    const rough = (S[o + AT.rough] as number) + Math.max(first, roughGain) * (Math.abs(x - (S[o + AT.previous] as number)) - (S[o + AT.rough] as number));
    const slow = (S[o + AT.slow] as number) + Math.max(first, slowGain) * (x - (S[o + AT.slow] as number));
    S[o + AT.rough] = rough;
    S[o + AT.slow] = slow;
    const due = isDue(count);
    const warmed = count > warm;
    const base = floor * Math.abs(S[o + AT.level] as number) + 1e-12;
    const gain = Math.max(first, streamGain);
    const historic = Math.max(first, historyGain);
    const [spreads, histories] = [o + IN.spreads, o + IN.histories];
    let total = surprise(S, histories, exceed(S, o + IN.range, rest, gain, base), historic, due, warmed);
    total += surprise(S, histories + 3, apart(S, spreads, rest, gain, base, due), historic, due, warmed);
    total += surprise(S, histories + 6, apart(S, spreads + 3, rough, gain, base, due), historic, due, warmed);
    total += surprise(S, histories + 9, apart(S, spreads + 6, slow, gain, base, due), historic, due, warmed);
    total += surprise(S, histories + 12, Math.log1p(S[o + AT.strays] as number), historic, due, warmed);
    total /= SIGNS;
    const last = (S[o + AT.lastSent] as number) * (1 - 1 / (forgetN + forgetShare * count));
    const sent = warmed && total > 0.2 && total > regain * last;
    S[o + AT.lastSent] = sent ? total : last;
    out.score = sent ? total / (total + 2) : 0;
  };
}
