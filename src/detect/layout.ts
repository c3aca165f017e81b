/**
 * Where one series keeps what it has learned: HOT doubles touched by every point, and COLD floats (its seasons). Their
 * size is the same whatever the length of the series. Raise STATE_VERSION when a place changes its meaning.
 */
export const STATE_VERSION = 1;

export const HOT = {
  count: 0,
  lastT: 1, // epoch ms of the newest point
  interval: 2, // usual distance of two points, ms
  jitter: 3, // usual error of that distance, ms
  previous: 4,
  level: 5,
  spread: 6,
  tail: 7,
  fraction: 8, // share of points that are no whole number
  errorPlain: 9,
  errorDay: 10,
  errorWeek: 11,
  short: 12, // a quick average, to tell a new level from a spike
  slow: 13,
  rough: 14, // how far it usually steps
  lowest: 15, // the lowest value below zero, else 0
  value: 16, // of the newest point
  strays: 17, // how far that is from usual, in usual deviations
  hourEnd: 18, // when the hour being filled ends, epoch ms
  lastSent: 19,
  flatRun: 20,
  flatLongest: 21,
  changing: 22, // share of points that differ from the one before
  bucket: 23, // hour of the week being filled
  bucketSum: 24,
  bucketCount: 25,
  bucketPeak: 26,
  lateRun: 27,
  lateT: 28,
  falling: 29, // share of points below the one before
  rising: 30,
  daily: 31, // what the current hour should add to the level, by the hour of the day
  weekly: 32, // and by the hour of the week; NaN when never seen
  season: 33, // which of them is expected
  usualPeak: 34, // of the current hour of the day
  unitSize: 35, // one usual deviation
  rest: 36, // deviation left after the season
  severity: 37, // of the newest point
  // the page rule
  phase: 38, // 0 quiet, 1 suspected, 2 paging
  startedT: 39, // since when it is out of line, 0 when it is not
  suspected: 40, // points over the line so far
  peak: 41, // severity
  calm: 42, // points below the lower line so far
  endedT: 43,
  origin: 44, // startedT of the episode, which names it
  kind: 45, // of its worst point
  up: 46, // 1: its worst point was above the usual
  breachT: 47, // since when a static threshold is crossed, 0 when it is not
  missing: 48, // when points went missing, 0 while they come
  // the line through the recent points, for prediction
  lineT: 49, // moment of the newest point in it
  lineWeight: 50,
  lineSumT: 51, // sums over points, times in ms before lineT
  lineSumX: 52,
  lineSumTT: 53,
  lineSumTX: 54,
  lineSumXX: 55,
  lineCount: 56,
  forecastSince: 57,
  forecastOrigin: 58,
  forecastCalm: 59,
  forecastPeak: 60,
  unit: 61, // a number for the unit's name
  first: 62, // one over the number of points
  forecastBest: 63, // how near the limit it usually comes
  version: 64, // STATE_VERSION
  far: 65, // deviation of the newest point, in usual deviations
} as const;
/**
 * The streams of the score. A range keeps low, high and mean. A spread keeps mean, variance and, worked out now and then, one over its
 * deviation, as does the history of each sign.
 */
export const SIGNS = 5;
export const STREAM = { range: 66, spreads: 69, histories: 78 } as const;
export const HOT_SIZE = STREAM.histories + 3 * SIGNS;

/** Hours of the week (Monday first) and of the day, against the level; then the usual peak of each hour of the day. */
export const COLD = { week: 0, day: 168, peaks: 192 } as const;
export const COLD_SIZE = 216;

/** What made a point stand out, as kept in the state. */
export const KIND = { none: 0, spike: 1, level: 2, season: 3, variance: 4, flat: 5, threshold: 6, missing: 7 } as const;
