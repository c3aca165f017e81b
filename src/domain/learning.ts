/** Beta posterior of "this action solves this pattern": prior from the pattern's own confidence, then what was observed. */
export interface Observation {
  readonly key: string; // unique: `outcome:PLAN-34`, `verdict:PLAN-34:U1`; a second one replaces the first
  readonly patternId: string;
  readonly action: string;
  readonly success: boolean;
  readonly weight: number; // a verified outcome counts 1
  readonly resolutionMs: number | null;
  readonly atMs: number;
}

export interface Tally {
  readonly good: number; // sums of weights
  readonly bad: number;
  readonly outcomes: number; // verified outcomes among them
  readonly successes: number;
  readonly meanResolutionMs: number | null;
  readonly lastMs: number | null;
}
