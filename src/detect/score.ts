import { HOT, SIGNS, STREAM } from './layout.ts';
import type { Reading } from './step.ts';
import type { Tuning } from './tuning.ts';

const AT = HOT; // a constant of this module: the compiler folds its places into the code
const IN = STREAM;
const SPREADS = 3;

/** Scores the newest point (AT.value, AT.rest, AT.strays); S[o + AT.count] is the number of points with it. */
export type Score = (S: Float64Array, o: number, out: Reading) => void;

/** One over each deviation is worked out at every point of a young series, then at every eighth. */
const isDue = (count: number): boolean => count < 64 || count % 8 === 0;

/**
 * The learned score. Five signs tell how strange a point is: the deviation left after the season against the range it has
 * known, and against its own spread; how rough the line is; where its slow average stands; how far it strays. Each is
 * measured against its own history, so that series of any kind compare; the mean of their square roots lets several weak signs
 * outweigh a single loud one. It is sent only when it passes `regain` times the last one sent, which fades, more slowly the longer the
 * series is known: once an episode, again when it gets worse. One long function with loops over small arrays: a number handed to a
 * function that the compiler does not fold in costs an allocation, and that was a third of the time of a point.
 */
export function createScore(tuning: Tuning): Score {
  const { roughN, slowN, streamN, leak, zCap, exceedCap, floor, historyN, warm, regain, forgetN, forgetShare } = tuning;
  const [roughGain, slowGain, streamGain, historyGain] = [2 / (roughN + 1), 2 / (slowN + 1), 1 / streamN, 1 / historyN];
  const values = new Float64Array(SPREADS);
  const signs = new Float64Array(SIGNS);

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
    // How far the rest is past the range it has known, in that range; the range closes slowly toward the mean.
    const range = o + IN.range;
    const low = S[range] as number;
    const high = S[range + 1] as number;
    const center = (S[range + 2] as number) + gain * (rest - (S[range + 2] as number));
    S[range + 2] = center;
    S[range] = rest < low ? rest : low + leak * (center - low);
    S[range + 1] = rest > high ? rest : high - leak * (high - center);
    const past = rest > high ? rest - high : rest < low ? low - rest : 0;
    signs[0] = Math.min(exceedCap, past / (high - low + base));
    // How far each value is from its mean, in its own spread.
    values[0] = rest;
    values[1] = rough;
    values[2] = slow;
    for (let k = 0; k < SPREADS; k += 1) {
      const at = o + IN.spreads + 3 * k;
      const far = (values[k] as number) - (S[at] as number);
      const variance = (1 - gain) * ((S[at + 1] as number) + gain * far * far);
      const z = Math.abs(far) * (S[at + 2] as number);
      S[at] = (S[at] as number) + gain * far;
      S[at + 1] = variance;
      if (due) S[at + 2] = variance > 0 ? 1 / (Math.sqrt(variance) + base) : 0;
      signs[k + 1] = Math.min(z, zCap);
    }
    signs[SPREADS + 1] = Math.log1p(S[o + AT.strays] as number);
    // The root of how far each sign is above its own history; what it teaches is clipped, so that one storm does not make the next look small.
    let total = 0;
    for (let k = 0; k < SIGNS; k += 1) {
      const at = o + IN.histories + 3 * k;
      const over = S[at + 2] as number;
      const apart = (signs[k] as number) - (S[at] as number);
      const z = apart * over;
      const far = warmed && z > 9 ? 9 / over : apart;
      const variance = (1 - historic) * ((S[at + 1] as number) + historic * far * far);
      S[at] = (S[at] as number) + historic * far;
      S[at + 1] = variance;
      if (due) S[at + 2] = 1 / Math.sqrt(variance + 1e-9);
      if (z > 0) total += Math.sqrt(z);
    }
    total /= SIGNS;
    const last = (S[o + AT.lastSent] as number) * (1 - 1 / (forgetN + forgetShare * count));
    const sent = warmed && total > 0.2 && total > regain * last;
    S[o + AT.lastSent] = sent ? total : last;
    out.score = sent ? total / (total + 2) : 0;
  };
}
