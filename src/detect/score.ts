import { HOT, STREAM, STREAMS } from './layout.ts';
import type { Reading } from './step.ts';
import type { Tuning } from './tuning.ts';

/**
 * The learned score. Five streams tell how strange a point is: the deviation left after the season against the range it has
 * known, and against its own spread; how far it strays; how rough the line is; where its slow average stands. Each is
 * measured against its own history, so that series of any kind compare; the mean of their square roots lets several weak signs
 * outweigh a single loud one. It is sent only when it passes `regain` times the last one sent, which fades, more slowly the longer the
 * series is known: once an episode, again when it gets worse.
 */
export function createScore(tuning: Tuning): (S: Float64Array, o: number, count: number, x: number, strays: number, out: Reading) => void {
  const { roughN, slowN, streamN, leak, zCap, exceedCap, floor, historyN, warm, regain, forgetN, forgetShare } = tuning;
  const [roughGain, slowGain, streamGain, historyGain] = [2 / (roughN + 1), 2 / (slowN + 1), 1 / streamN, 1 / historyN];
  const signs = new Float64Array(STREAMS);

  /** How far the value is past the range it has known, in that range; the range closes slowly toward the mean. */
  function exceed(S: Float64Array, at: number, value: number, gain: number, base: number): number {
    const [low, high, mean] = [S[at] as number, S[at + 1] as number, S[at + 2] as number];
    const past = value > high ? value - high : value < low ? low - value : 0;
    const center = mean + gain * (value - mean);
    S[at] = value < low ? value : low + leak * (center - low);
    S[at + 1] = value > high ? value : high - leak * (high - center);
    S[at + 2] = center;
    return past > 0 ? Math.min(exceedCap, past / (high - low + base)) : 0;
  }

  /** How far the value is from its mean, in its own spread. */
  function apart(S: Float64Array, at: number, value: number, gain: number, base: number): number {
    const [mean, variance] = [S[at] as number, S[at + 1] as number];
    const far = value - mean;
    S[at] = mean + gain * far;
    S[at + 1] = (1 - gain) * (variance + gain * far * far);
    return variance > 0 ? Math.min(zCap, Math.abs(far) / (Math.sqrt(variance) + base)) : 0;
  }

  /** A sign against its own history, clipped so that one storm does not make the next look small. */
  function surprise(S: Float64Array, at: number, sign: number, gain: number, warmed: boolean): number {
    const [mean, variance] = [S[at] as number, S[at + 1] as number];
    const spread = Math.sqrt(variance + 1e-9);
    const far = warmed ? Math.min(sign - mean, 9 * spread) : sign - mean;
    S[at] = mean + gain * far;
    S[at + 1] = (1 - gain) * (variance + gain * far * far);
    return warmed && sign > mean ? Math.sqrt((sign - mean) / spread) : 0;
  }

  return (S, o, count, x, strays, out) => {
    const first = 1 / (count + 1);
    const rest = S[o + HOT.rest] as number;
    const base = floor * Math.abs(S[o + HOT.level] as number) + 1e-12;
    const gain = Math.max(first, streamGain);
    const rough = (S[o + HOT.rough] as number) + Math.max(first, roughGain) * (Math.abs(x - (S[o + HOT.previous] as number)) - (S[o + HOT.rough] as number));
    const slow = (S[o + HOT.slow] as number) + Math.max(first, slowGain) * (x - (S[o + HOT.slow] as number));
    S[o + HOT.rough] = rough;
    S[o + HOT.slow] = slow;
    signs[0] = exceed(S, o + STREAM.restRange, rest, gain, base);
    signs[1] = apart(S, o + STREAM.rest, rest, gain, base);
    signs[2] = Math.log1p(strays);
    signs[3] = apart(S, o + STREAM.rough, rough, gain, base);
    signs[4] = apart(S, o + STREAM.slow, slow, gain, base);
    const historic = Math.max(first, historyGain);
    let total = 0;
    for (let sign = 0; sign < STREAMS; sign += 1) total += surprise(S, o + STREAM.history + 2 * sign, signs[sign] as number, historic, count >= warm);
    total /= STREAMS;
    const last = (S[o + HOT.lastSent] as number) * (1 - 1 / (forgetN + forgetShare * count));
    const sent = total > 0.2 && total > regain * last;
    S[o + HOT.lastSent] = sent ? total : last;
    out.score = sent ? total / (total + 2) : 0;
  };
}
