import type { Feedback } from '../domain/feedback.ts';

/** One person moves one pattern with at most this many subjects a day, and all patterns together with at most so many. */
const PER_PATTERN = 3;
const PER_DAY = 20;

export type BoundReason = 'too_many_on_this_pattern_today' | 'too_many_verdicts_today';

/**
 * Whether one more verdict of this person may move the pattern; null: it may. `recent` are the person's standing verdicts of the
 * last 24 hours, the new one or the one it replaces among them or not. Alerts move no pattern and do not count.
 */
export function mayMovePattern(feedback: Feedback, recent: readonly Feedback[]): BoundReason | null {
  const others = recent.filter(
    (one) => one.userId === feedback.userId && one.subject !== feedback.subject && one.meaning !== 'alert' && one.patternId !== null,
  );
  if (others.filter((one) => one.patternId === feedback.patternId).length >= PER_PATTERN) return 'too_many_on_this_pattern_today';
  return others.length >= PER_DAY ? 'too_many_verdicts_today' : null;
}
