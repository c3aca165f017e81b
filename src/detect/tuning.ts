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
  // the score
  readonly roughN: number; // memory of its roughness
  readonly slowN: number; // memory of its slow average
  readonly streamN: number; // memory of each stream's mean and spread
  readonly leak: number; // how fast a range closes
  readonly zCap: number;
  readonly exceedCap: number;
  readonly floor: number; // share of the usual value added to each spread
  readonly historyN: number; // memory against which each sign is measured
  readonly warm: number; // points before the score speaks
  readonly regain: number; // a score must pass this many times the last one sent
  readonly forgetN: number; // memory of the last one sent,
  readonly forgetShare: number; // and how it grows with the points seen
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
  seasonMargin: 0.82,
  peakAllow: 1.1,
  roughN: 50,
  slowN: 40,
  streamN: 1000,
  leak: 0.0001,
  zCap: 6,
  exceedCap: 0.25,
  floor: 0.02,
  historyN: 2000,
  warm: 60,
  regain: 1.35,
  forgetN: 60,
  forgetShare: 0.1,
  hold: 0.8,
  half: 1.5,
  pageOn: 0.5,
  pageOff: 0.3,
  sure: 0.8,
  pageWarm: 20,
};
