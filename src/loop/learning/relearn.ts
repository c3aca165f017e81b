import { OpsError } from '../../domain/errors.ts';
import type { Tally } from '../../domain/learning.ts';
import type { Pattern } from '../../domain/pattern.ts';
import { applyLearning, MATCH_ACTION } from '../../feedback/posterior.ts';
import { patternKey } from '../../pattern/archive-keys.ts';
import type { Ops } from '../ops.ts';
import { archiveText, fileLearned, finishKept, originalOf } from './keep.ts';

/** How much is thought of an action for a pattern now; of the pattern's best one when no action is named. Null: no such pattern or action. */
export async function confidenceOf(ops: Ops, patternId: string | null, action: string | null): Promise<number | null> {
  const pattern = patternId === null ? null : await ops.knowledge.get(patternId);
  if (pattern === null) return null;
  if (action !== null && action !== MATCH_ACTION) return pattern.solutions.find((one) => one.action === action)?.confidence ?? null;
  return Math.max(0, ...pattern.solutions.map((one) => one.confidence)) || null;
}

/**
 * Computes a pattern anew from its original record and all observations, and brings it to the knowledge base (with a new
 * embedding) and to the archive. Each step may be repeated: after a crash the whole is simply done again.
 */
export async function relearn(ops: Ops, patternId: string): Promise<Pattern | null> {
  await finishKept(ops);
  const current = await ops.knowledge.get(patternId);
  if (current === null) return null;
  const original = await originalOf(ops, current);
  const { learning } = ops.store;
  const byAction = new Map<string, Tally>();
  for (const { action } of original.solutions) byAction.set(action, await learning.tally(patternId, action));
  const [match, all] = [await learning.tally(patternId, MATCH_ACTION), await learning.tallyPattern(patternId)];
  const learned = applyLearning({ original, byAction, match, all });
  await fileLearned(ops, original, learned);
  const [saved] = await ops.knowledge.save([learned]);
  if (saved === undefined) throw new OpsError('unavailable', `The knowledge base did not take ${patternId}.`);
  await ops.archive.put(patternKey(saved), archiveText(saved));
  return saved;
}
