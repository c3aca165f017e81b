import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Pattern } from '../src/domain/pattern.ts';
import type { KnowledgeBase } from '../src/domain/ports.ts';
import type { Store } from '../src/domain/store.ts';
import { lexiconEmbedder } from '../src/embedded/embedding.ts';
import { openEmbeddedKnowledge } from '../src/embedded/knowledge.ts';
import { loadLibrary } from '../src/embedded/library.ts';
import { followShared } from '../src/embedded/shared.ts';
import { openSharedKnowledge } from '../src/embedded/shared-knowledge.ts';
import { SharedVectors } from '../src/embedded/shared-vectors.ts';
import { silentLog } from '../src/log.ts';
import { openStore } from '../src/store/open.ts';
import { pgvectorPrograms, standInForIcu } from '../test/pg/pgvector.ts';
import { startPg } from '../test/pg/server.ts';
import { at, QUERIES, timed, varied } from './search.ts';
import type { BenchResult } from './types.ts';

const MANY = 10_000;
const SEARCHES = 400;
const WARM_UP = 40;
const SAVES = 50;

type Open = KnowledgeBase & { close(): Promise<void> };
interface Side {
  readonly base: Open;
  readonly store: Store;
  readonly searches: number[];
  readonly saves: number[];
}

/** A replica's search and save with vectors in PostgreSQL, against one with vectors of its own; both share patterns through a database. */
export async function benchVectors(): Promise<BenchResult> {
  const programs = pgvectorPrograms();
  if (programs === null) throw new Error('This bench needs PostgreSQL with pgvector.');
  const server = await startPg({ bin: programs.bin });
  const folder = mkdtempSync(join(tmpdir(), 'opsloop-bench-'));
  try {
    await standInForIcu(server.url);
    const { patterns } = await loadLibrary();
    const many = Array.from({ length: MANY }, (_, i) => varied(patterns[i % patterns.length], i));
    const figures: Record<string, unknown> = {};
    let ratio = 0;
    for (const [name, all] of [
      ['library', patterns],
      ['many', many],
    ] as const) {
      const open = async (kind: 'own' | 'shared'): Promise<Side> =>
        await side(await server.createDatabase(`${name}_${kind}`), kind === 'shared', join(folder, `${name}-${kind}.db`));
      const [own, shared] = [await open('own'), await open('shared')];
      await measure([own, shared], all);
      const of = ({ searches, saves }: Side): unknown => ({ p50_ms: at(searches, 0.5), p99_ms: at(searches, 0.99), save_ms: at(saves, 0.5) });
      figures[name] = {
        patterns: all.length,
        own: of(own),
        pgvector: of(shared),
        database_mb: Math.round(((await shared.store.bytes())['database'] ?? 0) / 1e5) / 10,
      };
      ratio = at(shared.searches, 0.5) / at(own.searches, 0.5);
      for (const { base, store } of [own, shared]) {
        await base.close();
        await store.close();
      }
    }
    return { name: 'vectors', figures, ratio: Math.round(ratio * 1000) / 1000, against: 'a search of 10,000 patterns in an index with vectors of its own' };
  } finally {
    await server.close();
    programs.remove();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function side(url: string, isShared: boolean, path: string): Promise<Side> {
  const store = await openStore(url);
  const embedder = lexiconEmbedder();
  const place = isShared ? store.vectors : null;
  if (isShared && (await place?.prepare())?.ready !== true) throw new Error('pgvector cannot be used.');
  const index =
    place === null
      ? openEmbeddedKnowledge(path, { embedder })
      : openSharedKnowledge(path, embedder, new SharedVectors({ place, embedder, log: silentLog, nowMs: () => Date.now() }));
  const base = await followShared(await index, store);
  return { base, store, searches: [], saves: [] };
}

/** By turns, so that whatever else the machine does touches both alike. */
async function measure(sides: readonly Side[], all: readonly Pattern[]): Promise<void> {
  for (const { base } of sides) for (let from = 0; from < all.length; from += 500) await base.save(all.slice(from, from + 500));
  const signal = new AbortController().signal;
  for (let i = -WARM_UP; i < SEARCHES; i += 1) {
    const text = QUERIES[Math.abs(i) % QUERIES.length] ?? '';
    for (const { base, searches } of sides) {
      const ms = await timed(async () => void (await base.search({ text, limit: 10 }, signal)));
      if (i >= 0) searches.push(ms);
    }
  }
  for (let i = 0; i < SAVES; i += 1) {
    const one = all[(i * 97) % all.length];
    for (const { base, saves } of sides) saves.push(await timed(async () => void (await base.save([varied(one, MANY + i, one?.pattern_id)]))));
  }
}
