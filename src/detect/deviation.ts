import { COLD, HOT, KIND } from './layout.ts';
import type { Reading } from './step.ts';
import type { Tuning } from './tuning.ts';

const HOUR_MS = 3_600_000;
const MONDAY = 72; // hour of the week of 1970-01-01, a Thursday, in weeks that start on Monday
const CLIP = 5; // deviations a single point may teach

/**
 * How far a point is from the usual: |value − level − season| in units of (usual deviation + a share of the level), made
 * smaller by how often this series strays. What may page also forgives the peak usual at this hour of the day. The level learns at most CLIP
 * deviations from a point, so that one spike neither moves it nor widens the band.
 */
export function createDeviation(tuning: Tuning): (S: Float64Array, o: number, C: Float32Array, c: number, t: number, x: number, out: Reading) => number {
  const { levelN, spreadN, spreadWeight, relative, dropMix, countNoise, tailN, tailWeight, half, spreadClip, seasonMargin, peakAllow } = tuning;
  const fold = createFold(tuning);
  return (S, o, C, c, t, x, out) => {
    const count = S[o + HOT.count] as number; // with this one
    const level = S[o + HOT.level] as number;
    const spread = S[o + HOT.spread] as number;
    const tail = S[o + HOT.tail] as number;
    const hour = Math.floor(t / HOUR_MS);
    const week = (hour + MONDAY) % 168;
    const day = hour % 24;
    if (week !== S[o + HOT.bucket]) fold(S, o, C, c, week);
    const plain = x - level;
    const daily = C[c + COLD.day + day] as number;
    const weekly = C[c + COLD.week + week] as number;
    const [errorPlain, errorDay, errorWeek] = [S[o + HOT.errorPlain] as number, S[o + HOT.errorDay] as number, S[o + HOT.errorWeek] as number];
    let season = 0;
    if (!Number.isNaN(daily) && errorDay < errorPlain * seasonMargin) season = daily;
    if (!Number.isNaN(weekly) && errorWeek < errorPlain * seasonMargin && errorWeek < errorDay) season = weekly;
    const rest = plain - season;
    // A fall to a tenth is as far as a rise to tenfold: falls are also measured against what is left.
    const size = rest < 0 ? (1 - dropMix) * Math.abs(level) + dropMix * Math.abs(x) : Math.abs(level);
    const fraction = S[o + HOT.fraction] as number;
    const counted = fraction < 0.01 ? countNoise * Math.sqrt(Math.abs(level) + 1) : 0; // whole numbers: as counts vary by chance
    const unit = spreadWeight * spread + relative * size + counted + 1e-9;
    const limit = CLIP * unit;
    const z = rest / unit;
    const far = Math.abs(z);
    const usualPeak = C[c + COLD.peaks + day] as number;
    const divisor = 1 + tailWeight * tail;
    const strays = count > 1 ? far / divisor : 0;
    const beyond = count > 1 ? Math.max(0, far - peakAllow * usualPeak) / divisor : 0;
    // learn
    const short = (S[o + HOT.short] as number) + 0.15 * (x - (S[o + HOT.short] as number));
    S[o + HOT.short] = short;
    const clipped = Math.max(-limit, Math.min(limit, rest));
    S[o + HOT.level] = level + Math.max(1 / count, 1 / levelN) * clipped;
    S[o + HOT.spread] = spread + Math.max(1 / count, 1 / spreadN) * (Math.min(spreadClip * unit, Math.abs(rest)) - spread);
    S[o + HOT.tail] = tail + Math.max(1 / count, 1 / tailN) * (Math.min(50, Math.max(0, far - CLIP)) - tail);
    S[o + HOT.rest] = rest;
    S[o + HOT.fraction] = fraction + 0.01 * ((x === Math.floor(x) ? 0 : 1) - fraction);
    S[o + HOT.errorPlain] = errorPlain + 0.02 * (Math.min(limit, Math.abs(plain)) - errorPlain);
    if (!Number.isNaN(daily)) S[o + HOT.errorDay] = errorDay + 0.02 * (Math.min(limit, Math.abs(plain - daily)) - errorDay);
    else S[o + HOT.errorDay] = errorPlain;
    if (!Number.isNaN(weekly)) S[o + HOT.errorWeek] = errorWeek + 0.02 * (Math.min(limit, Math.abs(plain - weekly)) - errorWeek);
    else S[o + HOT.errorWeek] = errorPlain;
    S[o + HOT.bucketSum] = (S[o + HOT.bucketSum] as number) + Math.max(-limit, Math.min(limit, plain));
    S[o + HOT.bucketCount] = (S[o + HOT.bucketCount] as number) + 1;
    if (far > (S[o + HOT.bucketPeak] as number)) S[o + HOT.bucketPeak] = far;
    // tell
    const reach = unit * half * divisor;
    out.low = level + season - reach;
    out.high = level + season + reach;
    out.up = rest >= 0;
    out.severity = strays / (strays + half);
    out.page = beyond / (beyond + half);
    out.kind = season !== 0 ? KIND.season : Math.abs(short - level) > 0.5 * Math.abs(plain) ? KIND.level : KIND.spike;
    return strays;
  };
}

/** At the turn of the hour: what the hour just past was like goes into its places of the day and the week. */
function createFold({ seasonGain }: Tuning): (S: Float64Array, o: number, C: Float32Array, c: number, week: number) => void {
  return (S, o, C, c, week) => {
    const bucket = S[o + HOT.bucket] as number;
    const count = S[o + HOT.bucketCount] as number;
    if (bucket >= 0 && count > 0) {
      const mean = (S[o + HOT.bucketSum] as number) / count;
      for (const at of [c + COLD.week + bucket, c + COLD.day + (bucket % 24)]) {
        const known = C[at] as number;
        C[at] = !Number.isNaN(known) ? known + seasonGain * (mean - known) : mean;
      }
      const peakAt = c + COLD.peaks + (bucket % 24);
      const peak = C[peakAt] as number;
      const seen = S[o + HOT.bucketPeak] as number;
      C[peakAt] = seen > peak ? peak + 0.5 * (seen - peak) : peak * 0.8 + 0.2 * seen;
    }
    S[o + HOT.bucket] = week;
    S[o + HOT.bucketSum] = 0;
    S[o + HOT.bucketCount] = 0;
    S[o + HOT.bucketPeak] = 0;
  };
}
