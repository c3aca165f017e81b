import type { Actor } from '../../domain/actor.ts';
import { OpsError } from '../../domain/errors.ts';
import type { Pattern } from '../../domain/pattern.ts';
import { silent, type Tell } from '../../domain/step.ts';
import type { Repositories } from '../../domain/store.ts';
import { patternKey } from '../../pattern/archive-keys.ts';
import type { Ops } from '../ops.ts';

/** What patterns are kept with. */
export type Shelf = Pick<Ops, 'store' | 'knowledge' | 'archive' | 'clock'>;

/** A pattern as somebody wrote it, and why it is so. */
export interface Written {
  readonly record: Pattern;
  readonly actor: Actor;
  readonly reason: 'written' | 'merged' | 'imported' | 'reverted';
}

const ORIGINAL = 'original:';

/**
 * Keeps patterns as people wrote them: each is a new state in the history and the new start of learning. What was observed before
 * is in the record they saw, so it is not counted once more. Audited; every step may be repeated after a crash.
 */
export async function keepPatterns(shelf: Shelf, written: readonly Written[], tell: Tell = silent): Promise<readonly Pattern[]> {
  const { store, knowledge, archive, clock } = shelf;
  const before = new Map<string, Pattern | null>();
  for (const { record } of written) before.set(record.pattern_id, await knowledge.get(record.pattern_id));
  await store.transaction(async (tx) => {
    for (const one of written) await file(tx, one, before.get(one.record.pattern_id) ?? null, clock.now());
  });
  const saved = await knowledge.save(written.map(({ record }) => record));
  if (saved.length < written.length) throw new OpsError('unavailable', 'The knowledge base did not take the pattern.', 'Try again.');
  for (const [index, pattern] of saved.entries()) {
    tell(index, saved.length);
    await archive.put(patternKey(pattern), archiveText(pattern));
    const old = before.get(pattern.pattern_id);
    if (old !== null && old !== undefined && patternKey(old) !== patternKey(pattern)) await archive.remove(patternKey(old));
  }
  return saved;
}

async function file(tx: Repositories, { record, actor, reason }: Written, before: Pattern | null, atMs: number): Promise<void> {
  const patternId = record.pattern_id;
  const old = await tx.settings.get(ORIGINAL + patternId);
  if (before !== null) await fileFirst(tx, before, old === null ? before : (JSON.parse(old) as Pattern), atMs);
  const version = await tx.patternVersions.add({ patternId, atMs, actor, reason, record });
  await tx.settings.set(ORIGINAL + patternId, JSON.stringify(withoutEmbedding(record)), atMs);
  const forgotten = await tx.learning.forget(patternId);
  const verb = {
    written: before === null ? 'pattern.added' : 'pattern.changed',
    merged: 'pattern.merged',
    imported: 'pattern.imported',
    reverted: 'pattern.reverted',
  };
  await tx.audit.append({ actor, verb: verb[reason], subject: patternId, detail: { title: record.title, version: version?.version ?? null, forgotten } }, atMs);
}

/** The record that learning starts from; kept aside the first time, so that learning twice from the same facts changes nothing. */
export async function originalOf({ store, clock }: Shelf, current: Pattern): Promise<Pattern> {
  const key = ORIGINAL + current.pattern_id;
  const record = JSON.stringify(withoutEmbedding(current));
  await store.settings.set(key, record, clock.now(), { onlyIfAbsent: true });
  return JSON.parse((await store.settings.get(key)) ?? record) as Pattern;
}

/** Files what learning made of a pattern as a state of its own. */
export async function fileLearned({ store, clock }: Shelf, original: Pattern, learned: Pattern): Promise<void> {
  const atMs = clock.now();
  const actor = { type: 'system', component: 'feedback' } as const;
  await store.transaction(async (tx) => {
    await fileFirst(tx, original, original, atMs);
    await tx.patternVersions.add({ patternId: learned.pattern_id, atMs, actor, reason: 'learned', record: learned });
  });
}

/** A history begins with the state before its first change, so that this change can be undone too. */
async function fileFirst(tx: Repositories, before: Pattern, original: Pattern, atMs: number): Promise<void> {
  if ((await tx.patternVersions.list(before.pattern_id, 1)).length > 0) return;
  const actor = { type: 'system', component: 'library' } as const;
  for (const record of [original, before]) await tx.patternVersions.add({ patternId: before.pattern_id, atMs, actor, reason: 'before', record });
}

export const archiveText = (pattern: Pattern): string => `${JSON.stringify(pattern, null, 2)}\n`;

export function withoutEmbedding(pattern: Pattern): Pattern {
  const { embedding: _dropped, ...rest } = pattern;
  return rest;
}
