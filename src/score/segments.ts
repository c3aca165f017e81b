/** Scores on labelled segments: detection within a delay, pages, and the ranking of severities. Rows are 0-based. */
export interface LabelledFile {
  readonly scores: ArrayLike<number>;
  readonly segments: readonly (readonly [number, number])[]; // first and last row, ascending
  readonly stepMs: number; // usual distance of two rows
}

const COOL_DOWN_POINTS = 30;

/** First and last row of each run of ones. */
export function segmentsOf(labels: ArrayLike<number>): readonly (readonly [number, number])[] {
  const segments: [number, number][] = [];
  for (let row = 0; row < labels.length; row += 1) {
    if (!labels[row]) continue;
    const last = segments.at(-1);
    if (last !== undefined && last[1] === row - 1) last[1] = row;
    else segments.push([row, row]);
  }
  return segments;
}

const f1 = (tp: number, fp: number, fn: number): number => (tp === 0 ? 0 : (2 * tp) / (2 * tp + fp + fn));

/** Segment each row is in, or -1. */
function owners(file: LabelledFile): Int32Array {
  const owner = new Int32Array(file.scores.length).fill(-1);
  for (const [index, [from, to]] of file.segments.entries()) owner.fill(index, from, to + 1);
  return owner;
}

/**
 * Point F1 with delay (Ren et al., KDD 2019): a segment counts as found, with all its points, only when one of its first
 * k+1 points is over the threshold; k is 7 for steps up to 120 s, else 3. At the best single threshold over all files.
 */
export function delayF1(files: readonly LabelledFile[]): number {
  const events: { score: number; tp: number; fp: number }[] = [];
  let positives = 0;
  for (const file of files) {
    const delay = file.stepMs <= 120_000 ? 7 : 3;
    const owner = owners(file);
    for (const [from, to] of file.segments) {
      let top = Number.NEGATIVE_INFINITY;
      for (let row = from; row <= Math.min(to, from + delay); row += 1) top = Math.max(top, file.scores[row] ?? 0);
      events.push({ score: top, tp: to - from + 1, fp: 0 });
      positives += to - from + 1;
    }
    for (let row = 0; row < owner.length; row += 1) if (owner[row] === -1) events.push({ score: file.scores[row] ?? 0, tp: 0, fp: 1 });
  }
  events.sort((a, b) => b.score - a.score);
  let [tp, fp, best] = [0, 0, 0];
  for (const [index, event] of events.entries()) {
    tp += event.tp;
    fp += event.fp;
    if (events[index + 1]?.score !== event.score) best = Math.max(best, f1(tp, fp, positives - tp));
  }
  return best;
}

/** Segments hit and false pages at one threshold; after a false page the next 30 points bring no further one. */
export function pagesAt(file: LabelledFile, threshold: number): { readonly hit: number; readonly falsePages: number } {
  const owner = owners(file);
  const hit = new Set<number>();
  let [falsePages, quietUntil] = [0, -1];
  for (let row = 0; row < owner.length; row += 1) {
    if (!((file.scores[row] ?? 0) >= threshold)) continue;
    const segment = owner[row] ?? -1;
    if (segment >= 0) hit.add(segment);
    else if (row >= quietUntil) {
      falsePages += 1;
      quietUntil = row + COOL_DOWN_POINTS;
    }
  }
  return { hit: hit.size, falsePages };
}

/** F1 over events at one threshold: segments hit against false pages and segments missed. */
export function eventF1At(files: readonly LabelledFile[], threshold: number): number {
  let [hit, falsePages, segments] = [0, 0, 0];
  for (const file of files) {
    const pages = pagesAt(file, threshold);
    hit += pages.hit;
    falsePages += pages.falsePages;
    segments += file.segments.length;
  }
  return f1(hit, falsePages, segments - hit);
}

/** The best of eventF1At over 400 thresholds spread over the scores' quantiles, dense at the top. */
export function eventF1(files: readonly LabelledFile[]): number {
  const all = Float64Array.from(files.flatMap((file) => Array.from(file.scores))).sort();
  let best = 0;
  let last = Number.NaN;
  for (let step = 0; step < 400; step += 1) {
    const fromTop = Math.floor(all.length ** (step / 400)) - 1;
    const threshold = all[all.length - 1 - fromTop] ?? 0;
    if (threshold === last) continue;
    last = threshold;
    best = Math.max(best, eventF1At(files, threshold));
  }
  return best;
}
