import type { Actor } from '../../domain/actor.ts';
import { OpsError } from '../../domain/errors.ts';
import type { Pattern } from '../../domain/pattern.ts';
import type { Tell } from '../../domain/step.ts';
import type { PatternVersion } from '../../domain/store.ts';
import { patternKey } from '../../pattern/archive-keys.ts';
import { keepPatterns, type Shelf, withoutEmbedding } from './keep.ts';

const MOST_VERSIONS = 200;

/** The states a pattern has had, newest first; empty for one that never changed. */
export async function patternHistory(shelf: Shelf, patternId: string): Promise<readonly PatternVersion[]> {
  if ((await shelf.knowledge.get(patternId)) === null) throw new OpsError('not_found', `There is no pattern ${patternId}.`, '"patterns search" finds them.');
  return await shelf.store.patternVersions.list(patternId, MOST_VERSIONS);
}

/**
 * Brings back a state a pattern has had. It becomes the start of learning: what was observed so far no longer counts, since good
 * and bad observations cannot be told apart by then. The state before is kept, so this can be undone as well.
 */
export async function revertPattern(shelf: Shelf, patternId: string, version: number, actor: Actor): Promise<Pattern> {
  const wanted = await shelf.store.patternVersions.get(patternId, version);
  if (wanted === null) throw new OpsError('not_found', `${patternId} has no version ${version}.`, `"patterns history ${patternId}" lists them.`);
  const [saved] = await keepPatterns(shelf, [{ record: wanted.record, actor, reason: 'reverted' }]);
  if (saved === undefined) throw new OpsError('unavailable', 'The knowledge base did not take the pattern.', 'Try again.');
  return saved;
}

export interface ImportReport {
  readonly added: readonly string[];
  readonly changed: readonly string[];
  readonly unchanged: number;
}

/** Takes in patterns that were checked, all or none; a pattern that is there already is replaced. Errors: `invalid_input`, in words. */
export async function importPatterns(shelf: Shelf, patterns: readonly Pattern[], actor: Actor, tell?: Tell): Promise<ImportReport> {
  const there = new Map((await shelf.knowledge.list()).map((pattern) => [pattern.pattern_id, pattern]));
  const after = new Map([...there, ...patterns.map((pattern): [string, Pattern] => [pattern.pattern_id, pattern])]);
  requireOwnKeys([...after.values()]);
  requireDimensions(patterns, [...there.values()][0]?.embedding?.length ?? null);
  const text = (pattern: Pattern | undefined): string => JSON.stringify(pattern === undefined ? null : withoutEmbedding(pattern));
  const news = patterns.filter((pattern) => text(pattern) !== text(there.get(pattern.pattern_id)));
  await keepPatterns(
    shelf,
    news.map((pattern) => ({ record: withoutEmbedding(pattern), actor, reason: 'imported' })),
    tell,
  );
  const ids = news.map(({ pattern_id }) => pattern_id);
  return { added: ids.filter((id) => !there.has(id)), changed: ids.filter((id) => there.has(id)), unchanged: patterns.length - news.length };
}

/** The archive goes by titles: two of one title would overwrite each other there. */
function requireOwnKeys(patterns: readonly Pattern[]): void {
  const owners = new Map<string, string>();
  for (const pattern of patterns) {
    const key = patternKey(pattern);
    const other = owners.get(key);
    if (other !== undefined)
      throw new OpsError(
        'invalid_input',
        `${pattern.pattern_id} and ${other} have the same title: ${pattern.title}.`,
        'Give one of them another title, or leave it out.',
      );
    owners.set(key, pattern.pattern_id);
  }
}

function requireDimensions(patterns: readonly Pattern[], dimensions: number | null): void {
  const wrong = patterns.find(({ embedding }) => embedding !== undefined && dimensions !== null && embedding.length !== dimensions);
  if (wrong === undefined) return;
  throw new OpsError(
    'invalid_input',
    `embedding: ${wrong.pattern_id} has ${wrong.embedding?.length} numbers; this knowledge base uses ${dimensions}.`,
    'Leave "embedding" out: it is made anew from the text.',
  );
}
