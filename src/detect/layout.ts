/**
 * Where one series keeps what it has learned: HOT doubles touched by every point, and COLD floats (its seasons). Together
 * STATE_BYTES, whatever the length of the series. Raise STATE_VERSION when a place changes its meaning.
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
  lastSent: 19,
  flatRun: 20,
  flatLongest: 21,
  changing: 22, // share of points that differ from the one before
  bucket: 23, // hour of the week being filled, -1 before the first
  bucketSum: 24,
  bucketCount: 25,
  bucketPeak: 26,
  lateRun: 27,
  lateT: 28,
  falling: 29, // share of points below the one before
  rising: 30,
  rest: 31, // deviation left after the season
  severity: 32, // of the newest point
  // the page rule
  phase: 33, // 0 quiet, 1 suspected, 2 paging
  startedT: 34, // since when it is out of line, 0 when it is not
  suspected: 35, // points over the line so far
  peak: 36, // severity
  calm: 37, // points below the lower line so far
  endedT: 38,
  origin: 39, // startedT of the episode, which names it
  kind: 40, // of its worst point
  up: 41, // 1: its worst point was above the usual
  breachT: 42, // since when a static threshold is crossed, 0 when it is not
  missing: 43, // when points went missing, 0 while they come
  // the line through the recent points, for prediction
  lineT: 44, // moment of the newest point in it
  lineWeight: 45,
  lineSumT: 46, // sums over points, times in ms before lineT
  lineSumX: 47,
  lineSumTT: 48,
  lineSumTX: 49,
  lineSumXX: 50,
  lineCount: 51,
  forecastSince: 52,
  forecastOrigin: 53,
  forecastCalm: 54,
  forecastPeak: 55,
  unit: 56, // a number for the unit's name
} as const;
/** The streams of the score: a range has low, high and mean, a spread mean and variance, as has each history. */
export const STREAMS = 5;
export const STREAM = { restRange: 57, rest: 60, rough: 62, slow: 64, history: 66 } as const;
export const HOT_SIZE = STREAM.history + 2 * STREAMS;

/** Hours of the week (Monday first) and of the day, against the level; then the usual peak of each hour of the day. */
export const COLD = { week: 0, day: 168, peaks: 192 } as const;
export const COLD_SIZE = 216;

/** What made a point stand out, as kept in the state. */
export const KIND = { none: 0, spike: 1, level: 2, season: 3, variance: 4, flat: 5, threshold: 6, missing: 7 } as const;
