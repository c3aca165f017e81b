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

const UNFINISHED = 'patterns:unfinished';
/** Patterns in the history that may not be in the knowledge base and the archive yet: id → version, and the archive key they had. */
type Unfinished = Readonly<Record<string, { readonly version: number | null; readonly oldKey: string | null }>>;

/**
 * Keeps patterns as people wrote them: each is a new state in the history and the new start of learning. What was observed before
 * is in the record they saw, so it is not counted once more. Audited. All or nothing: the history takes all of them in one step, with a
 * note of what is still to be done; after a crash `finishKept` does the rest.
 */
export async function keepPatterns(shelf: Shelf, written: readonly Written[], tell: Tell = silent): Promise<readonly Pattern[]> {
  const { store, knowledge, clock } = shelf;
  await finishKept(shelf);
  if (written.length === 0) return [];
  const before = new Map<string, Pattern | null>();
  for (const { record } of written) before.set(record.pattern_id, await knowledge.get(record.pattern_id));
  const mine: Record<string, Unfinished[string]> = {};
  await store.transaction(async (tx) => {
    for (const one of written) {
      const old = before.get(one.record.pattern_id) ?? null;
      const version = await file(tx, one, old, clock.now());
      mine[one.record.pattern_id] = { version, oldKey: old === null ? null : patternKey(old) };
    }
    await note(tx, { ...(await unfinishedIn(tx)), ...mine }, clock.now());
  });
  return await finish(shelf, mine, tell);
}

/** Brings what a crash left half done to the knowledge base and the archive; nothing to do is one look at the store. */
export async function finishKept(shelf: Shelf): Promise<void> {
  const left = await unfinishedIn(shelf.store);
  if (Object.keys(left).length > 0) await finish(shelf, left, silent);
}

async function finish(shelf: Shelf, unfinished: Unfinished, tell: Tell): Promise<readonly Pattern[]> {
  const { store, knowledge, archive, clock } = shelf;
  const records: Pattern[] = [];
  for (const id of Object.keys(unfinished)) {
    const text = await store.settings.get(ORIGINAL + id);
    if (text !== null) records.push(JSON.parse(text) as Pattern);
  }
  const saved = await knowledge.save(records);
  if (saved.length < records.length) throw new OpsError('unavailable', 'The knowledge base did not take the pattern.', 'Try again.');
  for (const [index, pattern] of saved.entries()) {
    tell(index, saved.length);
    await archive.put(patternKey(pattern), archiveText(pattern));
  }
  const keys = new Set(saved.map(patternKey)); // one may have taken the title another one had
  for (const { oldKey } of Object.values(unfinished)) if (oldKey !== null && !keys.has(oldKey)) await archive.remove(oldKey);
  await store.transaction(async (tx) => {
    const now = Object.entries(await unfinishedIn(tx)).filter(([id, { version }]) => unfinished[id]?.version !== version);
    await note(tx, Object.fromEntries(now), clock.now());
  });
  return saved;
}

const unfinishedIn = async ({ settings }: Pick<Repositories, 'settings'>): Promise<Unfinished> =>
  JSON.parse((await settings.get(UNFINISHED)) ?? '{}') as Unfinished;

async function note(tx: Repositories, unfinished: Unfinished, atMs: number): Promise<void> {
  await tx.settings.set(UNFINISHED, JSON.stringify(unfinished), atMs);
}

/** Returns the version; null when the newest one says the same. */
async function file(tx: Repositories, { record, actor, reason }: Written, before: Pattern | null, atMs: number): Promise<number | null> {
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
  return version?.version ?? null;
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
