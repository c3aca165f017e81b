/** Every number of the learned detector in one place. Counts are points of the series, shares and severities 0..1. */
export interface Tuning {
  // the usual value and its spread
  readonly levelN: number; // memory of the usual value
  readonly spreadN: number; // memory of the usual deviation
  readonly spreadWeight: number;
  readonly dropMix: number; // how far falls are measured against what is left
  readonly countNoise: number; // of a count, in roots of its usual value
  readonly spreadClip: number; // deviations a single point may add to the spread
  readonly relative: number; // share of the usual value that counts as one deviation, whatever the noise
  readonly tailN: number; // memory of how often it strays
  readonly tailWeight: number;
  readonly seasonGain: number; // how fast an hour of the day or week is learned
  readonly seasonMargin: number; // a season is used when it errs less than this share of the plain level
  readonly peakAllow: number; // how much of the usual peak of an hour a page forgives
  // the streams
  readonly shortN: number;
  readonly mediumN: number;
  readonly varianceN: number;
  readonly streamN: number; // memory of each stream's mean and range
  readonly leak: number;
  readonly weights: readonly [number, number, number, number, number, number, number, number];
  readonly zWeight: number;
  readonly zCap: number;
  readonly exceedCap: number;
  readonly deviationWeight: number;
  readonly floor: number; // share of the usual value added to each stream's range
  readonly historyN: number;
  readonly warm: number; // points before the score speaks
  readonly regain: number; // a score must pass this many times the last one sent
  readonly forgetN: number; // memory of the last one sent
  // severity and pages
  readonly hold: number; // share of the last point's severity that stays at the next
  readonly half: number; // deviations that make severity one half
  readonly pageOn: number;
  readonly pageOff: number;
  readonly sure: number; // pages at once, without waiting for a second point
  readonly pageWarm: number; // points before a page is possible
}

export const TUNING: Tuning = {
  levelN: 800,
  spreadN: 400,
  spreadWeight: 2,
  relative: 0.35,
  dropMix: 0.7,
  countNoise: 1,
  spreadClip: 30,
  tailN: 1800,
  tailWeight: 2,
  seasonGain: 0.36,
  seasonMargin: 0.74,
  peakAllow: 1.1,
  shortN: 12,
  mediumN: 45,
  varianceN: 116,
  streamN: 800,
  leak: 0.00036,
  weights: [1, 0.3, 0.5, 0.9, 1, 0.6, 0.5, 0.5],
  zWeight: 0.14,
  zCap: 9,
  exceedCap: 0.3,
  deviationWeight: 0.3,
  floor: 0.01,
  historyN: 1000,
  warm: 50,
  regain: 1.5,
  forgetN: 100,
  hold: 0.8,
  half: 1.5,
  pageOn: 0.5,
  pageOff: 0.3,
  sure: 0.8,
  pageWarm: 20,
};
