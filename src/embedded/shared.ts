import { setTimeout as sleep } from 'node:timers/promises';
import type { Pattern } from '../domain/pattern.ts';
import type { KnowledgeBase } from '../domain/ports.ts';
import type { SharedPattern, Store } from '../domain/store.ts';
import type { EmbeddedKnowledge } from './knowledge.ts';

type Open = KnowledgeBase & { close(): Promise<void> };

const PAGE = 200;
const LOOK_MS = 60_000; // also unasked: a signal may be lost
const AGAIN_MS = 1000;

const asShared = (records: readonly Pattern[]): readonly SharedPattern[] => records.map((record) => ({ patternId: record.pattern_id, record }));

/**
 * An index of this replica's own that follows what any replica saves: a change goes into the index, then into the shared store, which wakes
 * the others to take it over. It has caught up when this resolves. What comes later is there within milliseconds; while the database is
 * away the index answers from what it has, and saving fails with `unavailable` (saving again is the way on). Where nothing is shared yet,
 * what this index holds becomes the beginning.
 */
export async function followShared(
  index: EmbeddedKnowledge,
  { sharedPatterns, wake, transaction }: Pick<Store, 'sharedPatterns' | 'wake' | 'transaction'>,
): Promise<Open> {
  let after = 0;
  let wanted = false;
  let following: Promise<void> | null = null;
  let closed = false;

  async function catchUp(): Promise<void> {
    for (let more = true; more && !closed; ) {
      const { changes, sequence } = await sharedPatterns.since(after, PAGE);
      const records = changes.flatMap(({ record }) => record ?? []);
      if (records.length > 0) await index.take(records);
      const gone = changes.filter(({ record }) => record === null).map(({ patternId }) => patternId);
      if (gone.length > 0) await index.remove(gone);
      after = sequence;
      more = changes.length === PAGE;
    }
  }

  async function follow(): Promise<void> {
    while (wanted && !closed) {
      wanted = false;
      try {
        await catchUp();
        await index.tend();
      } catch {
        wanted = true; // the database is away, or the embedder: later
        await sleep(AGAIN_MS, undefined, { ref: false });
      }
    }
    following = null; // at once: a signal a moment later would be lost
  }

  function look(): void {
    wanted = true;
    following ??= follow();
  }

  const isFirst = (await sharedPatterns.since(0, 1)).sequence === 0;
  const records = isFirst ? await index.list() : [];
  await transaction(async (tx) => {
    if (isFirst && (await tx.sharedPatterns.since(0, 1)).sequence === 0) await tx.sharedPatterns.put(asShared(records));
  });
  await catchUp();
  await index.tend();
  const deafen = wake.subscribe('knowledge', look);
  const timer = setInterval(look, LOOK_MS).unref();
  return {
    name: index.name,
    search: (query, signal) => index.search(query, signal),
    get: (patternId) => index.get(patternId),
    count: () => index.count(),
    list: () => index.list(),
    ...(index.ingestion === undefined ? {} : { ingestion: index.ingestion }),
    async save(patterns) {
      const saved = await index.save(patterns);
      await sharedPatterns.put(asShared(saved));
      return saved;
    },
    async remove(patternIds) {
      await index.remove(patternIds);
      await sharedPatterns.put(patternIds.map((patternId) => ({ patternId, record: null })));
    },
    async close() {
      closed = true;
      clearInterval(timer);
      deafen();
      await following;
      await index.close();
    },
  };
}
