/** Quantile of ascending values by nearest rank; NaN when there are none. */
export function quantile(sorted: ArrayLike<number>, q: number): number {
  if (sorted.length === 0) return Number.NaN;
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.round(q * (sorted.length - 1))))] ?? Number.NaN;
}

/** A typed array sorts by number, and several times faster than with a comparison. */
export function ascending(values: readonly number[]): Float64Array {
  return Float64Array.from(values).sort();
}

export function median(values: readonly number[]): number {
  return quantile(ascending(values), 0.5);
}

export function mean(values: readonly number[]): number {
  let sum = 0;
  for (const value of values) sum += value;
  return values.length === 0 ? Number.NaN : sum / values.length;
}

/** Means of every run of `width` values in a row. */
export function runMeans(values: readonly number[], width: number): number[] {
  const means: number[] = [];
  let sum = 0;
  values.forEach((value, index) => {
    sum += value - (values[index - width] ?? 0);
    if (index >= width - 1) means.push(sum / width);
  });
  return means;
}

export const clamp01 = (value: number): number => (value > 0 ? Math.min(1, value) : 0);

/** Independent reasons together: 1 − Π(1 − p). */
export function noisyOr(...shares: readonly number[]): number {
  return 1 - shares.reduce((left, share) => left * (1 - clamp01(share)), 1);
}
