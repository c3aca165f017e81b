/**
 * The score of the Numenta Anomaly Benchmark (Lavin and Ahmad, ICMLA 2015), as docs/scoring.md states it. One threshold over
 * all files, the best for each profile; 0 is a detector that never speaks, 100 one that speaks first in every window only.
 */
export interface NabFile {
  readonly scores: ArrayLike<number>;
  /** First and last row of each label window, ascending. */
  readonly windows: readonly (readonly [number, number])[];
}
export interface NabProfile {
  readonly falsePositive: number;
  readonly falseNegative: number;
}
export const NAB_PROFILES = {
  standard: { falsePositive: 0.11, falseNegative: 1 },
  low_fp: { falsePositive: 0.22, falseNegative: 1 },
  low_fn: { falsePositive: 0.11, falseNegative: 2 },
} as const satisfies Record<string, NabProfile>;

const PERFECT = 0.98661; // the sigmoid at the left edge of a window

/** Rows at the start of a file that are not scored. */
export const nabProbation = (rows: number): number => Math.min(Math.floor(0.15 * rows), 750);

/** Position score: +1 well before 0, −1 well after it. */
function position(p: number): number {
  return p > 3 ? -1 : 2 / (1 + Math.exp(5 * p)) - 1;
}

interface Event {
  readonly score: number;
  readonly window: number; // over all files; -1 outside
  readonly worth: number; // in a window: its position score; outside: 0..1 of the false-positive weight
}

/** Normalised score and the threshold (score ≥ threshold speaks) that gives it. */
export function nabScore(files: readonly NabFile[], profile: NabProfile): { readonly score: number; readonly threshold: number } {
  const { events, windows } = collect(files);
  if (windows === 0) return { score: 0, threshold: 1 };
  events.sort((a, b) => b.score - a.score);
  const best = new Float64Array(windows).fill(Number.NEGATIVE_INFINITY);
  const nothing = -windows * profile.falseNegative;
  let [total, top, threshold] = [nothing, nothing, Number.POSITIVE_INFINITY];
  for (let at = 0; at < events.length; ) {
    const level = events[at]?.score ?? 0;
    for (let event = events[at]; event !== undefined && event.score === level; event = events[++at]) {
      if (event.window < 0) total -= profile.falsePositive * event.worth;
      else {
        const before = best[event.window] ?? 0;
        if (event.worth > before) {
          total += event.worth - (before === Number.NEGATIVE_INFINITY ? -profile.falseNegative : before);
          best[event.window] = event.worth;
        }
      }
    }
    if (total > top) [top, threshold] = [total, level];
  }
  return { score: (100 * (top - nothing)) / (windows - nothing), threshold };
}

function collect(files: readonly NabFile[]): { events: Event[]; windows: number } {
  const events: Event[] = [];
  let windows = 0;
  for (const { scores, windows: spans } of files) {
    let next = 0; // first window not yet behind us
    for (let row = 0; row < scores.length; row += 1) {
      while (next < spans.length && row > (spans[next]?.[1] ?? 0)) next += 1;
      if (row < nabProbation(scores.length)) continue;
      const score = scores[row] ?? 0;
      const span = spans[next];
      if (span !== undefined && row >= span[0]) {
        const width = span[1] - span[0] + 1;
        events.push({ score, window: windows + next, worth: position(-(span[1] - row + 1) / width) / PERFECT });
        continue;
      }
      const last = spans[next - 1];
      const worth = last === undefined ? 1 : Math.abs(position((row - last[1]) / Math.max(1, last[1] - last[0])));
      events.push({ score, window: -1, worth });
    }
    windows += spans.length;
  }
  return { events, windows };
}
