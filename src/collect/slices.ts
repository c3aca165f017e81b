import type { MetricSeries } from '../domain/metric.ts';

const SLICE_MS = 3_600_000;

/**
 * A batch as slices of an hour, oldest first, each with the series that have points in it. Filed so, points lie in the order of time
 * however long a back-fill is, and whoever reads them in portions sees related series together.
 */
export function hourSlices(series: readonly MetricSeries[]): readonly (readonly MetricSeries[])[] {
  const slices = new Map<number, MetricSeries[]>();
  for (const one of series) {
    const parts = Map.groupBy(one.points, (point) => Math.floor(point.timestampMs / SLICE_MS));
    for (const [hour, points] of parts) {
      const slice = slices.get(hour);
      if (slice === undefined) slices.set(hour, [{ ...one, points }]);
      else slice.push({ ...one, points });
    }
  }
  return [...slices].sort(([a], [b]) => a - b).map(([, slice]) => slice);
}

const POINTS_AT_ONCE = 1000; // a few milliseconds of filing

/** The same series in the same order, about so many points together. */
export function handfuls(series: readonly MetricSeries[], pointsAtOnce: number = POINTS_AT_ONCE): readonly (readonly MetricSeries[])[] {
  const parts: MetricSeries[][] = [];
  let points = Number.POSITIVE_INFINITY;
  for (const one of series) {
    if (points >= pointsAtOnce) {
      parts.push([]);
      points = 0;
    }
    parts.at(-1)?.push(one);
    points += one.points.length;
  }
  return parts;
}
