import { COLD, HOT, KIND } from './layout.ts';
import type { Reading } from './step.ts';
import type { Tuning } from './tuning.ts';

const AT = HOT; // a constant of this module: the compiler folds its places into the code

const HOUR_MS = 3_600_000;
const MONDAY = 72; // hour of the week of 1970-01-01, a Thursday, in weeks that start on Monday
const CLIP = 5; // deviations a single point may teach
const ERROR_GAIN = 0.02;
const SHORT_GAIN = 0.15;
/** Measures and learns the newest point (HOT.value at HOT.lastT); HOT.count is the number of points with it. */
export type Deviation = (S: Float64Array, o: number, C: Float32Array, c: number, out: Reading) => void;
/**
 * How far a point is from the usual: |value − level − season| in units of (usual deviation + a share of the level), made
 * smaller by how often this series strays. What may page also forgives the peak usual at this hour of the day. The level learns at
 * most CLIP deviations from a point, so that one spike neither moves it nor widens the band. One long function: it reads its
 * state once, and is the hottest of all.
 */
export function createDeviation(tuning: Tuning): Deviation {
  const { spreadWeight, relative, dropMix, countNoise, tailWeight, half, peakAllow, seasonMargin, seasonGain, levelN, spreadN, spreadClip, tailN } = tuning;
  return (S, o, C, c, out) => {
    const t = S[o + AT.lastT] as number;
    const x = S[o + AT.value] as number;
    const first = S[o + AT.first] as number;
    const end = S[o + AT.hourEnd] as number;
    if (t >= end || t < end - HOUR_MS) turnHour(S, o, C, c, seasonGain);
    const level = S[o + AT.level] as number;
    const spread = S[o + AT.spread] as number;
    const tail = S[o + AT.tail] as number;
    const errorPlain = S[o + AT.errorPlain] as number;
    const errorDay = S[o + AT.errorDay] as number;
    const errorWeek = S[o + AT.errorWeek] as number;
    const daily = S[o + AT.daily] as number;
    const weekly = S[o + AT.weekly] as number;
    const short = (S[o + AT.short] as number) + SHORT_GAIN * (x - (S[o + AT.short] as number));
    const fraction = S[o + AT.fraction] as number;
    const bound = errorPlain * seasonMargin;
    let season = 0;
    if (errorDay < bound && !Number.isNaN(daily)) season = daily;
    if (errorWeek < bound && errorWeek < errorDay && !Number.isNaN(weekly)) season = weekly;
    const plain = x - level;
    const rest = plain - season;
    const away = Math.abs(rest);
    // A fall to a tenth is as far as a rise to tenfold: falls are also measured against what is left.
    const size = rest < 0 ? (1 - dropMix) * Math.abs(level) + dropMix * Math.abs(x) : Math.abs(level);
    // Whole numbers vary as counts do.
    const counted = fraction < 0.01 ? countNoise * Math.sqrt(Math.abs(level) + 1) : 0;
    const unit = spreadWeight * spread + relative * size + counted + 1e-9;
    const far = away / unit;
    const restless = 1 + tailWeight * tail;
    const strays = first < 1 ? far / restless : 0;
    const usualPeak = S[o + AT.usualPeak] as number;
    const limit = CLIP * unit;
    const taught = plain > limit ? limit : Math.max(plain, -limit);
    S[o + AT.rest] = rest;
    S[o + AT.strays] = strays;
    S[o + AT.level] = level + Math.max(first, 1 / levelN) * (rest > limit ? limit : Math.max(rest, -limit));
    S[o + AT.spread] = spread + Math.max(first, 1 / spreadN) * (Math.min(spreadClip * unit, away) - spread);
    S[o + AT.tail] = tail + Math.max(first, 1 / tailN) * ((far > CLIP ? Math.min(50, far - CLIP) : 0) - tail);
    S[o + AT.short] = short;
    const newPlain = errorPlain + ERROR_GAIN * (Math.abs(taught) - errorPlain);
    S[o + AT.errorPlain] = newPlain;
    S[o + AT.errorDay] = Number.isNaN(daily) ? newPlain : errorDay + ERROR_GAIN * (Math.min(limit, Math.abs(plain - daily)) - errorDay);
    S[o + AT.errorWeek] = Number.isNaN(weekly) ? newPlain : errorWeek + ERROR_GAIN * (Math.min(limit, Math.abs(plain - weekly)) - errorWeek);
    const isWhole = x === Math.floor(x);
    if (isWhole ? fraction > 0 : fraction < 0.5) S[o + AT.fraction] = fraction + 0.01 * ((isWhole ? 0 : 1) - fraction);
    S[o + AT.bucketSum] = (S[o + AT.bucketSum] as number) + taught;
    S[o + AT.bucketCount] = (S[o + AT.bucketCount] as number) + 1;
    if (far > (S[o + AT.bucketPeak] as number)) S[o + AT.bucketPeak] = far;
    const reach = unit * half * restless;
    out.low = level + season - reach;
    out.high = level + season + reach;
    out.up = rest >= 0;
    out.severity = strays / (strays + half);
    const beyond = usualPeak === 0 ? strays : Math.max(0, strays - (peakAllow * usualPeak) / restless);
    out.page = beyond / (beyond + half);
    out.kind = season !== 0 ? KIND.season : Math.abs(short - level) > 0.85 * Math.abs(plain) ? KIND.level : KIND.spike;
  };
}
/** What the hour just past was like goes into its places of the day and the week; what the new one should be like is looked up. */
function turnHour(S: Float64Array, o: number, C: Float32Array, c: number, gain: number): void {
  const bucket = S[o + AT.bucket] as number;
  const count = S[o + AT.bucketCount] as number;
  if (count > 0) {
    const mean = (S[o + AT.bucketSum] as number) / count;
    for (const at of [c + COLD.week + bucket, c + COLD.day + (bucket % 24)]) {
      const known = C[at] as number;
      C[at] = Number.isNaN(known) ? mean : known + gain * (mean - known);
    }
    const peakAt = c + COLD.peaks + (bucket % 24);
    const peak = C[peakAt] as number;
    const seen = S[o + AT.bucketPeak] as number;
    C[peakAt] = seen > peak ? peak + 0.5 * (seen - peak) : peak * 0.8 + 0.2 * seen;
  }
  const hour = Math.floor((S[o + AT.lastT] as number) / HOUR_MS);
  const week = (((hour + MONDAY) % 168) + 168) % 168;
  S[o + AT.hourEnd] = (hour + 1) * HOUR_MS;
  S[o + AT.bucket] = week;
  S[o + AT.bucketSum] = 0;
  S[o + AT.bucketCount] = 0;
  S[o + AT.bucketPeak] = 0;
  S[o + AT.daily] = C[c + COLD.day + (week % 24)] as number;
  S[o + AT.weekly] = C[c + COLD.week + week] as number;
  S[o + AT.usualPeak] = C[c + COLD.peaks + (week % 24)] as number;
}
