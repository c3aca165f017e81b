import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { type Pattern, PatternSchema } from '../../src/domain/pattern.ts';
import type { KnowledgeBase } from '../../src/domain/ports.ts';
import type { Store } from '../../src/domain/store.ts';
import { type Embedder, lexiconEmbedder } from '../../src/embedded/embedding.ts';
import { openEmbeddedKnowledge } from '../../src/embedded/knowledge.ts';
import { loadLibrary } from '../../src/embedded/library.ts';
import { followShared } from '../../src/embedded/shared.ts';
import { openSharedKnowledge } from '../../src/embedded/shared-knowledge.ts';
import { SharedVectors } from '../../src/embedded/shared-vectors.ts';
import { openStore } from '../../src/store/open.ts';
import { aPattern, BUCKET, DATABASE, knowledgeContract } from '../contracts/knowledge.ts';
import { waitFor } from '../support/wait.ts';
import { type PgPlace, pgPlace, vectorServer } from './place.ts';
import { createDatabase } from './server.ts';
import { standIn, TEXTS } from './vector-texts.ts';

interface Replica extends KnowledgeBase {
  tend(): Promise<void>;
  close(): Promise<void>;
}
const server = vectorServer();
const DATA = join(import.meta.dirname, '..', '..', '..', 'shared', 'data', 'retrieval');
const QUERIES = join(DATA, 'queries.tsv');
const lines = (file: string): string[] => readFileSync(join(DATA, file), 'utf8').trim().split('\n');
const log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

/** One replica's knowledge base, with a clock that a test can move on. */
async function replica(store: Store, embedder: Embedder = lexiconEmbedder(), time = { ms: 0 }): Promise<Replica> {
  const place = store.vectors;
  if (place === null || !(await place.prepare()).ready) throw new Error('no pgvector');
  const vectors = new SharedVectors({ place, embedder, log, nowMs: () => Date.now() + time.ms });
  const index = await openSharedKnowledge(':memory:', embedder, vectors);
  return { ...(await followShared(index, store)), tend: () => index.tend() };
}

const signal = (): AbortSignal => AbortSignal.timeout(20_000);
const search = (base: KnowledgeBase, text: string): ReturnType<KnowledgeBase['search']> => base.search({ text, limit: 24 }, signal());

async function sql(place: PgPlace, text: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: place.url });
  await client.connect();
  return (await client.query(text).finally(() => client.end())).rows as Record<string, unknown>[];
}

const rowsOf = (place: PgPlace): Promise<Record<string, unknown>[]> =>
  sql(place, 'SELECT profile, count(vector)::int AS vectors FROM opsloop_vectors.pattern GROUP BY profile ORDER BY 1');

/** Both hold these, and answer these; similarities to within what adding up 32-bit numbers in another order makes. */
async function expectSame(one: KnowledgeBase, other: KnowledgeBase, texts: readonly string[]): Promise<void> {
  for (const text of texts) {
    const [here, there] = [await search(one, text), await search(other, text)];
    expect(there.matches.map(({ patternId, why }) => ({ text, patternId, why }))).toEqual(here.matches.map(({ patternId, why }) => ({ text, patternId, why })));
    there.matches.forEach(({ similarity }, i) => {
      expect(Math.abs(similarity - (here.matches[i]?.similarity ?? -1))).toBeLessThan(1e-5);
    });
  }
}

describe.skipIf(server === null)('vectors in the database', () => {
  let place: PgPlace;
  const places = (): PgPlace => pgPlace(server ?? '');

  knowledgeContract('pgvector', async () => {
    const base = await replica(await places().open());
    onTestFinished(() => base.close());
    return base;
  });

  describe('beside an index that keeps its own', () => {
    let library: readonly Pattern[] = [];
    beforeAll(async () => {
      library = (await loadLibrary()).patterns;
    });

    it.each([
      ['the lexicon', lexiconEmbedder()],
      ['a model', standIn('model', 48)],
    ])('ranks the whole library the same, by %s', async (_, embedder) => {
      place = places();
      const [shared, own] = [await replica(await place.open(), embedder), await openEmbeddedKnowledge(':memory:', { embedder })];
      await shared.save(library);
      await own.save(library);
      await expectSame(own, shared, [...TEXTS, ...library.flatMap(({ title, symptoms }) => [title, ...symptoms.slice(0, 1)])]);
      expect((await search(shared, TEXTS[0] ?? '')).source).toBe('pgvector');
      expect(await rowsOf(place)).toMatchObject([{ vectors: library.length }]);
      const narrow = { text: TEXTS[1] ?? '', limit: 10, categories: ['security' as const] };
      expect((await shared.search(narrow, signal())).matches.map(({ patternId }) => patternId)).toEqual(
        (await own.search(narrow, signal())).matches.map(({ patternId }) => patternId),
      );
      await Promise.all([shared.close(), own.close()]);
    });
  });

  it.skipIf(!existsSync(QUERIES))('ranks the retrieval set the same (../shared/data/retrieval)', async () => {
    place = places();
    const [shared, own] = [await replica(await place.open()), await openEmbeddedKnowledge(':memory:')];
    const patterns = lines('patterns.jsonl').map((line) => PatternSchema.parse(JSON.parse(line)));
    await shared.save(patterns);
    await own.save(patterns);
    const queries = lines('queries.tsv').slice(1);
    await expectSame(
      own,
      shared,
      queries.map((line) => line.split('\t')[3] ?? ''),
    );
    await Promise.all([shared.close(), own.close()]);
  });

  it('makes a vector once for all replicas, and none for what another has saved', async () => {
    place = places();
    const counted = standIn('model', 16);
    const [mine, other] = [await replica(await place.open(), standIn('model', 16)), await replica(await place.open(), counted)];
    await mine.save([aPattern('PAT-001'), DATABASE]);
    await waitFor(async () => (await other.count()) === 2);
    expect((await other.get('PAT-002'))?.embedding).toEqual((await mine.get('PAT-002'))?.embedding);
    const late = await replica(await place.open(), counted);
    expect((await late.list()).map(({ embedding }) => embedding?.length)).toEqual([16, 16]);
    expect(counted.texts).toEqual([]);
    await mine.remove(['PAT-002']);
    expect(await rowsOf(place)).toEqual([{ profile: 'model/16', vectors: 1 }]);
    await Promise.all([mine.close(), other.close(), late.close()]);
  });

  it('never lets vectors of different models or lengths meet, and lets each replica find by its own', async () => {
    place = places();
    const [small, large] = [await replica(await place.open(), standIn('small', 16)), await replica(await place.open(), standIn('large', 32))];
    await small.save([aPattern('PAT-001'), DATABASE, BUCKET]);
    await waitFor(async () => (await large.count()) === 3);
    expect((await search(large, 'too many connections')).matches[0]?.patternId).toBe('PAT-002');
    const again = await replica(await place.open(), standIn('large', 32)); // as after a change of the settings
    await waitFor(async () => (await rowsOf(place)).length === 2);
    expect(await rowsOf(place)).toEqual([
      { profile: 'large/32', vectors: 3 },
      { profile: 'small/16', vectors: 3 },
    ]);
    for (const [base, length] of [
      [small, 16],
      [again, 32],
    ] as const) {
      expect((await base.get('PAT-001'))?.embedding).toHaveLength(length);
      expect(await search(base, 'too many connections')).toMatchObject({ source: 'pgvector', matches: [{ patternId: 'PAT-002' }] });
    }
    await Promise.all([small.close(), large.close(), again.close()]);
  });

  it('drops the vectors of a model that nobody has used for a week, and those of patterns that are gone', async () => {
    place = places();
    const store = await place.open();
    const old = await replica(store, standIn('old', 16));
    await old.save([aPattern('PAT-001')]);
    await old.close();
    await sql(place, 'UPDATE opsloop_vectors.profile SET used_at_ms = used_at_ms - 8 * 86400000');
    await store.vectors?.put('new/16', [{ patternId: 'PAT-777', text: 'x', vector: new Float32Array(16) }]);
    await sql(place, "UPDATE opsloop_vectors.pattern SET put_at_ms = 0 WHERE pattern_id = 'PAT-777'");
    const fresh = await replica(store, standIn('new', 16));
    await waitFor(async () => (await rowsOf(place))[0]?.['vectors'] === 1);
    expect(await sql(place, 'SELECT profile, pattern_id FROM opsloop_vectors.pattern')).toEqual([{ profile: 'new/16', pattern_id: 'PAT-001' }]);
    await fresh.close();
  });

  it('goes on by words while the extension is gone, says so, and makes all vectors again when it is back', async () => {
    place = places();
    const time = { ms: 0 };
    const base = await replica(await place.open(), lexiconEmbedder(), time);
    await base.save([aPattern('PAT-001'), DATABASE]);
    await sql(place, 'DROP EXTENSION vector CASCADE');
    expect((await search(base, 'cpu high')).source).toBe('words alone (pgvector did not answer)');
    expect(base.ingestion?.()).toMatchObject({ state: 'failed' });
    await base.save([BUCKET]); // is not lost, though it has no vector yet
    const without = await search(base, 'too many connections on the database');
    expect(without).toMatchObject({ source: 'words alone (pgvector did not answer)', matches: [{ patternId: 'PAT-002' }] });
    expect((await search(base, 'bucket public')).matches[0]?.patternId).toBe('PAT-003');
    time.ms += 120_000;
    await base.tend();
    expect(base.ingestion?.()).toMatchObject({ state: 'done', error: null });
    expect(await search(base, 'too many connections on the database')).toMatchObject({ source: 'pgvector', matches: without.matches });
    expect(await rowsOf(place)).toMatchObject([{ vectors: 3 }]);
    await base.close();
  });

  it('does not count a vector that was made of another text', async () => {
    place = places();
    const store = await place.open();
    const base = await replica(store, standIn('model', 16));
    await base.save([aPattern('PAT-001'), DATABASE]);
    await sql(place, "UPDATE opsloop_vectors.pattern SET text = 'another' WHERE pattern_id = 'PAT-002'");
    expect((await base.get('PAT-002'))?.embedding).toBeUndefined();
    expect((await base.get('PAT-001'))?.embedding).toHaveLength(16);
    await base.save([DATABASE]);
    expect((await base.get('PAT-002'))?.embedding).toHaveLength(16);
    await base.close();
  });

  it('finds the extension in a schema that is not searched, and looks without leaving anything behind', async () => {
    place = places();
    const store = await place.open();
    expect(await store.vectors?.look()).toMatchObject({ ready: true, version: expect.stringMatching(/^\d+\.\d+/) as string });
    expect(await sql(place, "SELECT nspname FROM pg_namespace WHERE nspname = 'opsloop_vectors'")).toEqual([]);
    expect(await sql(place, "SELECT extname FROM pg_extension WHERE extname = 'vector'")).toEqual([]);
    await sql(place, 'CREATE SCHEMA "Far away"; CREATE EXTENSION vector SCHEMA "Far away"');
    const base = await replica(store);
    await base.save([aPattern('PAT-001'), DATABASE]);
    expect(await search(base, 'too many connections')).toMatchObject({ source: 'pgvector', matches: [{ patternId: 'PAT-002' }] });
    expect((await base.get('PAT-002'))?.embedding?.length).toBeGreaterThan(0);
    await base.close();
  });

  it('says what to do when the user may not create the extension', async () => {
    const name = `opsloop_${randomBytes(6).toString('hex')}`;
    const url = await createDatabase(server ?? '', name);
    const admin = new pg.Client({ connectionString: url });
    await admin.connect();
    const password = randomBytes(8).toString('hex');
    await admin.query(`CREATE ROLE ${name} LOGIN PASSWORD '${password}'; GRANT ALL ON SCHEMA public TO ${name}`); // tables, but nothing of the database's own
    await admin.end();
    const plain = new URL(url);
    plain.username = name;
    plain.password = password;
    const store = await openStore(plain.href);
    const refused = {
      ready: false,
      reason: expect.stringContaining('may not create it') as string,
      fix: expect.stringContaining('CREATE EXTENSION vector') as string,
    };
    expect(await store.vectors?.look()).toMatchObject(refused);
    expect(await store.vectors?.prepare()).toMatchObject(refused);
    await store.close();
  });
});

it('says that a server has no pgvector, where it has none', async (context) => {
  const store = await pgPlace().open();
  const look = await store.vectors?.prepare();
  if (look?.ready === true) return context.skip('this PostgreSQL has pgvector');
  expect(look).toMatchObject({ reason: expect.stringContaining('not installed') as string, fix: expect.stringContaining('pgvector') as string });
});
