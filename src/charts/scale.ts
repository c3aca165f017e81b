import type { ChartSpec } from '../domain/chart.ts';
import { formatNumber, formatQuantity, scaleFor } from '../domain/quantity.ts';

export interface ValueAxis {
  readonly min: number;
  readonly max: number;
  readonly step: number; // between two labels
  readonly label: (value: number) => string;
  readonly showsThreshold: boolean;
}

const MAX_STEPS = 5;

/** Round labels for the values: 1, 2 or 5 times a power of ten in the unit that is shown (KiB, ms, %). */
export function valueAxis(spec: ChartSpec): ValueAxis {
  const { low, high, showsThreshold } = valueRange(spec);
  const scale = scaleFor(spec.unit, Math.max(Math.abs(low), Math.abs(high)));
  const step = roundStep((high - low) / scale.divisor / MAX_STEPS) * scale.divisor;
  const min = Math.floor(low / step + 1e-9) * step;
  const max = Math.ceil(high / step - 1e-9) * step;
  return {
    min,
    max,
    step,
    showsThreshold,
    label: (value) => (value === 0 ? formatQuantity(0, spec.unit) : `${formatNumber(withoutNoise(value / scale.divisor))}${scale.suffix}`),
  };
}

const withoutNoise = (value: number): number => Number(value.toPrecision(10));

/** What the picture must hold. A threshold far outside would press the line flat: it is named instead of drawn. */
function valueRange(spec: ChartSpec): { low: number; high: number; showsThreshold: boolean } {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  const take = (value: number): void => {
    low = Math.min(low, value);
    high = Math.max(high, value);
  };
  for (const { points } of spec.series) for (const { value } of points) if (value !== null && Number.isFinite(value)) take(value);
  const ofData = low <= high ? { low, high } : null;
  for (const point of spec.band)
    if (ofData === null || isNear(point, ofData)) for (const value of [point.low, point.high]) if (Number.isFinite(value)) take(value);
  const { threshold } = spec;
  const showsThreshold = threshold !== null && Number.isFinite(threshold) && (ofData === null || isNear({ low: threshold, high: threshold }, ofData));
  if (showsThreshold && threshold !== null) take(threshold);
  if (low > high) return { low: 0, high: 1, showsThreshold };
  return { ...padded(low, high, spec.unit), showsThreshold };
}

/** Within a few heights of the data. */
function isNear(range: { low: number; high: number }, data: { low: number; high: number }): boolean {
  const height = Math.max(data.high - data.low, Math.abs(data.high), Math.abs(data.low), 1e-9);
  return range.high <= data.high + 3 * height && range.low >= data.low - 3 * height;
}

function padded(low: number, high: number, unit: string): { low: number; high: number } {
  const size = Math.max(Math.abs(low), Math.abs(high));
  if (high - low <= Math.max(size * 1e-9, 1e-12)) {
    const pad = size < 1e-12 ? 1 : size * 0.2;
    return { low: low >= 0 ? Math.max(0, low - pad) : low - pad, high: high + pad };
  }
  const room = (high - low) * 0.05;
  const floor = low >= 0 && low < high * 0.5 ? 0 : low - room; // from zero, unless that hides the change
  const isShare = unit.toLowerCase() === 'percent' && low >= 0 && high <= 100;
  return { low: low >= 0 ? Math.max(0, floor) : floor, high: isShare ? Math.min(100, high + room) : high + room };
}

function roundStep(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(rough));
  const times = rough / power;
  const round = times <= 1 ? 1 : times <= 2 ? 2 : times <= 2.5 ? 2.5 : times <= 5 ? 5 : 10;
  return round * power;
}
