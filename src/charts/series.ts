import type { ChartSpec } from '../domain/chart.ts';

type Points = ChartSpec['series'][number]['points'];
export type Cell = [timestampMs: number, value: number | null];

const BUCKETS = 1000; // about one a pixel of the plot
const GAP_PERIODS = 2.5;

/** Cells for the line: the highest and lowest of each bucket when there are too many, and a hole where data is missing. */
export function lineCells(points: Points): Cell[] {
  const sorted = points.map((point): Cell => [point.timestampMs, finite(point.value)]).toSorted((a, b) => a[0] - b[0]);
  return thinned(withHoles(sorted));
}

const finite = (value: number | null): number | null => (value !== null && Number.isFinite(value) ? value : null);

/** Keeps the peaks: of each bucket its lowest and highest value and a hole if it has one, in their order. */
function thinned(cells: readonly Cell[]): Cell[] {
  if (cells.length <= BUCKETS * 2) return [...cells];
  const size = Math.ceil(cells.length / BUCKETS);
  const kept: Cell[] = [];
  for (let start = 0; start < cells.length; start += size) kept.push(...telling(cells.slice(start, start + size)));
  return kept;
}

function telling(bucket: readonly Cell[]): Cell[] {
  const known = bucket.filter((cell): cell is [number, number] => cell[1] !== null);
  const low = known.reduce<Cell | undefined>((least, cell) => (least === undefined || cell[1] < (least[1] ?? 0) ? cell : least), undefined);
  const high = known.reduce<Cell | undefined>((most, cell) => (most === undefined || cell[1] > (most[1] ?? 0) ? cell : most), undefined);
  const kept = new Set([low, high, bucket.find((cell) => cell[1] === null)]);
  return bucket.filter((cell) => kept.has(cell));
}

/** A line must not be drawn over time in which nothing was measured. */
function withHoles(cells: readonly Cell[]): Cell[] {
  const longest = usualStep(cells) * GAP_PERIODS;
  return cells.flatMap((cell, index): Cell[] => {
    const before = cells[index - 1];
    const isGap = before !== undefined && longest > 0 && cell[0] - before[0] > longest;
    return isGap ? [[before[0] + 1, null], cell] : [cell];
  });
}

function usualStep(cells: readonly Cell[]): number {
  const steps = cells.slice(1).map((cell, index) => cell[0] - (cells[index]?.[0] ?? cell[0]));
  return steps.toSorted((a, b) => a - b)[Math.floor(steps.length / 2)] ?? 0;
}

/** Points with no neighbour make no line: they need a dot to be seen. */
export function lonely(cells: readonly Cell[]): ReadonlySet<number> {
  const isHole = (index: number): boolean => (cells[index]?.[1] ?? null) === null;
  return new Set(cells.flatMap((cell, index) => (cell[1] !== null && isHole(index - 1) && isHole(index + 1) ? [index] : [])));
}

export interface TimeRange {
  readonly fromMs: number;
  readonly toMs: number;
}
const LAST_MS = 8.64e15 - 86_400_000; // of what Date can hold, with room for an hour more
const LEAST_MS = 10 * 60_000;

/** The time the picture shows: that of the data, or of what else is drawn when there is none; null when there is nothing. */
export function timeRange(spec: ChartSpec): TimeRange | null {
  const ofData = extent([...spec.series.flatMap((one) => one.points.map((point) => point.timestampMs)), ...spec.band.map((point) => point.timestampMs)]);
  const range = ofData ?? extent([...spec.spans.flatMap((span) => [span.fromMs, span.toMs]), ...spec.markers.map((marker) => marker.atMs)]);
  if (range === null || range.toMs - range.fromMs >= LEAST_MS) return range;
  const middle = (range.fromMs + range.toMs) / 2;
  return { fromMs: middle - LEAST_MS / 2, toMs: middle + LEAST_MS / 2 };
}

function extent(times: readonly number[]): TimeRange | null {
  let fromMs = Number.POSITIVE_INFINITY;
  let toMs = Number.NEGATIVE_INFINITY;
  for (const time of times) {
    if (!Number.isFinite(time) || Math.abs(time) > LAST_MS) continue;
    fromMs = Math.min(fromMs, time);
    toMs = Math.max(toMs, time);
  }
  return fromMs <= toMs ? { fromMs, toMs } : null;
}
