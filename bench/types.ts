/** One bench as eval.md prints it. `ratio` is to `against`, measured in the same run; null where there is nothing to measure against. */
export interface BenchResult {
  readonly name: string;
  readonly figures: Readonly<Record<string, unknown>>;
  readonly ratio: number | null;
  readonly against: string;
}
