import type { Tally } from '../domain/learning.ts';
import type { Pattern } from '../domain/pattern.ts';

/** A verified outcome counts 1; a person's verdict half as much. */
export const VERDICT_WEIGHT = 0.5;
/** Verdicts on the match itself ("this is not the problem") are kept under this name instead of an action's. */
export const MATCH_ACTION = 'match';
/** The confidence a pattern is written with counts as much as this many outcomes. */
const PRIOR_STRENGTH = 8;
const MINUTE_MS = 60_000;

/**
 * Mean of the Beta posterior Beta(s·p + good, s·(1−p) + bad), with s the prior's strength (conjugate to success or failure;
 * Gelman et al., Bayesian Data Analysis, §2.4). Pure: the same prior and tally give the same number however often it is applied.
 */
function posteriorConfidence(prior: number, tally: Pick<Tally, 'good' | 'bad'>): number {
  const seen = tally.good + tally.bad;
  const mean = (PRIOR_STRENGTH * prior + tally.good) / (PRIOR_STRENGTH + seen);
  return seen === 0 ? prior : Math.round(Math.min(1, Math.max(0, mean)) * 10_000) / 10_000;
}

/** `byAction`: observations per solution; `match`: verdicts on the match itself; `all`: of the whole pattern, other actions among them. */
export interface Learned {
  readonly original: Pattern;
  readonly byAction: ReadonlyMap<string, Tally>;
  readonly match: Pick<Tally, 'good' | 'bad'>;
  readonly all: Tally;
}

/**
 * The pattern as it stands after all that was observed. `original` is the record as written by a person (its confidences are
 * the priors, its counts the start); always start from that, never from a result, and the outcome is the same every time.
 * A verdict on the match speaks for or against each of its solutions; outcomes of actions it does not list speak for none.
 */
export function applyLearning({ original, byAction, match, all }: Learned): Pattern {
  const solutions = original.solutions.map((solution) => {
    const own = byAction.get(solution.action);
    const seen = { good: (own?.good ?? 0) + match.good, bad: (own?.bad ?? 0) + match.bad };
    return { ...solution, confidence: posteriorConfidence(solution.confidence, seen) };
  });
  return { ...original, solutions, metadata: learnedMetadata(original.metadata, all) };
}

function learnedMetadata(start: Pattern['metadata'], whole: Tally): Pattern['metadata'] {
  if (whole.outcomes === 0) return start;
  const before = start.success_rate === null ? 0 : start.occurrence_count;
  const successes = before * (start.success_rate ?? 0) + whole.successes;
  return {
    occurrence_count: start.occurrence_count + whole.outcomes,
    last_seen: latest(start.last_seen, whole.lastMs),
    success_rate: Math.round((successes / (before + whole.outcomes)) * 10_000) / 10_000,
    avg_resolution_time: meanTime(start, whole),
  };
}

function latest(before: string | null, lastMs: number | null): string | null {
  if (lastMs === null) return before;
  const day = new Date(lastMs).toISOString().slice(0, 10);
  return before !== null && before > day ? before : day;
}

/** Weighted by how many resolved occurrences each side stands for. */
function meanTime(start: Pattern['metadata'], whole: Tally): string | null {
  if (whole.meanResolutionMs === null) return start.avg_resolution_time;
  const beforeMs = parseDuration(start.avg_resolution_time);
  if (beforeMs === null) return writeDuration(whole.meanResolutionMs);
  const before = Math.max(1, Math.round(start.occurrence_count * (start.success_rate ?? 1)));
  const now = Math.max(1, whole.successes);
  return writeDuration((beforeMs * before + whole.meanResolutionMs * now) / (before + now));
}

/** `15min`, `90s`, `2h` as milliseconds; null for null. */
function parseDuration(text: string | null): number | null {
  const match = /^(\d+)(s|min|h)$/.exec(text ?? '');
  if (match === null) return null;
  return Number(match[1]) * { s: 1000, min: MINUTE_MS, h: 60 * MINUTE_MS }[match[2] as 's' | 'min' | 'h'];
}

function writeDuration(ms: number): string {
  if (ms < 2 * MINUTE_MS) return `${Math.max(0, Math.round(ms / 1000))}s`;
  return ms < 300 * MINUTE_MS ? `${Math.round(ms / MINUTE_MS)}min` : `${Math.round(ms / (60 * MINUTE_MS))}h`;
}
