import { HOT, STREAMS } from './layout.ts';
import type { Reading } from './step.ts';
import type { Tuning } from './tuning.ts';

/**
 * The learned score. Eight streams are derived from the value; each tells how far it left the slowly closing range it has
 * known, and how far it is from its mean. Their weighted sum is measured against its own history, and is sent only
 * when it passes `regain` times the last one sent, which fades: once an episode, again when it gets worse.
 */
export function createScore(tuning: Tuning): (S: Float64Array, o: number, count: number, x: number, strays: number, out: Reading) => void {
  const { shortN, mediumN, varianceN, streamN, leak, zWeight, zCap, exceedCap, deviationWeight, floor, historyN, warm, regain, forgetN } = tuning;
  const weights = Float64Array.from(tuning.weights);
  const values = new Float64Array(STREAMS);
  const [shortGain, mediumGain, varianceGain] = [2 / (shortN + 1), 2 / (mediumN + 1), 2 / (varianceN + 1)];

  function derive(S: Float64Array, o: number, first: number, x: number): void {
    const step = x - (S[o + HOT.previous] as number);
    let short = S[o + HOT.short] as number;
    let medium = S[o + HOT.medium] as number;
    let mean = S[o + HOT.varianceMean] as number;
    let variance = S[o + HOT.variance] as number;
    let roughness = S[o + HOT.roughness] as number;
    const gain = Math.max(shortGain, first);
    short += gain * (x - short);
    medium += Math.max(mediumGain, first) * (x - medium);
    const varGain = Math.max(varianceGain, first);
    const d = x - mean;
    mean += varGain * d;
    variance = (1 - varGain) * (variance + varGain * d * d);
    roughness += gain * (Math.abs(step) - roughness);
    S[o + HOT.short] = short;
    S[o + HOT.medium] = medium;
    S[o + HOT.varianceMean] = mean;
    S[o + HOT.variance] = variance;
    S[o + HOT.roughness] = roughness;
    values[0] = x;
    values[1] = short;
    values[2] = medium;
    values[3] = Math.sqrt(variance);
    values[4] = S[o + HOT.rest] as number;
    values[5] = step;
    values[6] = roughness;
    values[7] = short - medium;
  }

  return (S, o, count, x, strays, out) => {
    const first = 1 / (count + 1);
    derive(S, o, first, x);
    const base = floor * Math.abs(S[o + HOT.level] as number);
    const gain = Math.max(first, 1 / streamN);
    let total = 0;
    for (let stream = 0; stream < STREAMS; stream += 1) {
      const at = o + HOT.streams + 4 * stream;
      const value = values[stream] as number;
      let low = S[at] as number;
      let high = S[at + 1] as number;
      const mean = S[at + 2] as number;
      const variance = S[at + 3] as number;
      if (count === 0) {
        low = value;
        high = value;
      }
      const far = value - mean;
      if (count > 1) {
        const past = value > high ? value - high : value < low ? low - value : 0;
        const exceed = past > 0 ? Math.min(exceedCap, past / (high - low + base + 1e-12)) : 0;
        const z = variance > 0 ? Math.min(zCap, Math.abs(far) / (Math.sqrt(variance) + base)) : 0;
        total += (weights[stream] as number) * (exceed + zWeight * z);
      }
      const center = mean + gain * (count === 0 ? far / gain : far);
      S[at] = value < low ? value : low + leak * (center - low);
      S[at + 1] = value > high ? value : high - leak * (high - center);
      S[at + 2] = center;
      S[at + 3] = count === 0 ? 0 : (1 - gain) * (variance + gain * far * far);
    }
    total += deviationWeight * Math.log1p(strays);
    const mean = S[o + HOT.historyMean] as number;
    const variance = S[o + HOT.historyVariance] as number;
    const deviation = Math.sqrt(variance + 1e-9);
    const z = count >= warm ? Math.max(0, (total - mean) / deviation) : 0;
    const d = count >= warm ? Math.min(total - mean, 9 * deviation) : total - mean;
    const learn = Math.max(first, 1 / historyN);
    S[o + HOT.historyMean] = mean + learn * d;
    S[o + HOT.historyVariance] = (1 - learn) * (variance + learn * d * d);
    const last = (S[o + HOT.lastSent] as number) * (1 - 1 / forgetN);
    const sent = z > 0.5 && z > regain * last;
    S[o + HOT.lastSent] = sent ? z : last;
    out.score = sent ? z / (z + 6) : 0;
  };
}
