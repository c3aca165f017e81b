import { OpsError } from '../../domain/errors.ts';
import type { Feedback } from '../../domain/feedback.ts';
import type { Plan } from '../../domain/plan.ts';
import { feedbackLogKey } from '../../pattern/archive-keys.ts';
import type { Ops } from '../ops.ts';

const TRIES = 8;

/** Appends a person's verdict to the feedback log of the month. */
export async function logFeedback(ops: Ops, feedback: Feedback): Promise<void> {
  await append(ops, feedback.atMs, { type: 'verdict', ...feedback });
}

/** Appends a plan's outcome; the same plan twice is one line. */
export async function logOutcome(ops: Ops, plan: Plan): Promise<void> {
  const { outcome, id, incidentId, patternId, action } = plan;
  if (outcome === null) return;
  await append(ops, outcome.atMs, { type: 'outcome', subject: id, incidentId, patternId, action, result: outcome.result, verified: outcome.verified });
}

/** A line is kept once and never over another's: the archive refuses a stale version, and we read again. */
async function append(ops: Ops, atMs: number, entry: object): Promise<void> {
  const key = feedbackLogKey(atMs);
  const line = JSON.stringify({ at: new Date(atMs).toISOString(), ...entry });
  for (let tries = 0; tries < TRIES; tries += 1) {
    const there = await ops.archive.get(key);
    if (there?.content.split('\n').includes(line) === true) return;
    try {
      await ops.archive.put(key, `${there?.content ?? ''}${line}\n`, { ifMatch: there?.etag ?? null });
      return;
    } catch (thrown) {
      if (!(thrown instanceof OpsError && thrown.code === 'conflict')) throw thrown;
    }
  }
  throw new OpsError('unavailable', `The feedback log ${key} is being written by others all the time.`, 'It is tried again.');
}
