import { segmentsOf } from './segments.ts';

const THRESHOLDS = 250;

/** Labels with a buffer of half a window at both sides of each segment, falling off as a square root. */
function extend(labels: Uint8Array, window: number): Float64Array {
  const soft = Float64Array.from(labels);
  const half = Math.floor(window / 2);
  for (const [from, to] of segmentsOf(labels)) {
    for (let row = to; row < Math.min(to + half, labels.length); row += 1) soft[row] = Math.min(1, (soft[row] ?? 0) + Math.sqrt(1 - (row - to) / window));
    for (let row = Math.max(from - half, 0); row < from; row += 1) soft[row] = Math.min(1, (soft[row] ?? 0) + Math.sqrt(1 - (from - row) / window));
  }
  return soft;
}

/**
 * Volume under the surface of range precision and recall (Paparrizos et al., VLDB 2022): the area under the curve for each
 * buffer of 0 to `windowMax` rows, averaged. Recall counts soft labels and is scaled by the share of segments touched.
 * NaN when nothing is labelled.
 */
export function vusPr(labels: Uint8Array, scores: ArrayLike<number>, windowMax: number): number {
  const order = Int32Array.from(labels.keys()).sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0));
  const positives = labels.reduce((sum, label) => sum + label, 0);
  if (positives === 0) return Number.NaN;
  let volume = 0;
  for (let window = 0; window <= windowMax; window += 1) volume += area(extend(labels, window), order, scores, positives);
  return volume / (windowMax + 1);
}

function area(soft: Float64Array, order: Int32Array, scores: ArrayLike<number>, positives: number): number {
  const ranges = segmentsOf(soft);
  const owner = new Int32Array(soft.length).fill(-1);
  for (const [index, [from, to]] of ranges.entries()) owner.fill(index, from, to + 1);
  const touched = new Uint8Array(ranges.length);
  const whole = (positives + soft.reduce((sum, label) => sum + label, 0)) / 2;
  let [at, hits, touches, lastRecall, lastPrecision, sum] = [0, 0, 0, 0, 1, 0];
  for (let step = 0; step < THRESHOLDS; step += 1) {
    const threshold = scores[order[Math.floor((step * (order.length - 1)) / (THRESHOLDS - 1))] ?? 0] ?? 0;
    for (; at < order.length && (scores[order[at] ?? 0] ?? 0) >= threshold; at += 1) {
      const row = order[at] ?? 0;
      hits += soft[row] ?? 0;
      const range = owner[row] ?? -1;
      if (range >= 0 && touched[range] === 0) {
        touched[range] = 1;
        touches += 1;
      }
    }
    const recall = Math.min(hits / whole, 1) * (touches / ranges.length);
    const precision = hits / at;
    sum += ((recall - lastRecall) * (precision + lastPrecision)) / 2;
    [lastRecall, lastPrecision] = [recall, precision];
  }
  return sum;
}
