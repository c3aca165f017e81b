import { expect, it } from 'vitest';
import type { Log } from '../../src/domain/log.ts';
import type { PatternVector, PatternVectors, VectorsLook } from '../../src/domain/vectors.ts';
import { type Embedder, lexiconEmbedder, unit } from '../../src/embedded/embedding.ts';
import type { EmbeddedKnowledge } from '../../src/embedded/knowledge.ts';
import { openSharedKnowledge } from '../../src/embedded/shared-knowledge.ts';
import { SharedVectors } from '../../src/embedded/shared-vectors.ts';
import { aPattern, BUCKET, DATABASE, knowledgeContract } from '../contracts/knowledge.ts';

/** A database in memory that can be told to fail or to hang. */
class MemoryPlace implements PatternVectors {
  readonly rows = new Map<string, PatternVector>();
  state: 'up' | 'failing' | 'hanging' = 'up';
  there: VectorsLook = { ready: true, version: '1' };
  asked = 0;

  look(): Promise<VectorsLook> {
    return this.#answer(() => this.there);
  }
  prepare(): Promise<VectorsLook> {
    return this.look();
  }
  put(profile: string, vectors: readonly PatternVector[]): Promise<void> {
    return this.#answer(() => {
      for (const one of vectors) this.rows.set(`${profile}|${one.patternId}`, one);
    });
  }
  remove(patternIds: readonly string[]): Promise<void> {
    return this.#answer(() => {
      for (const key of this.rows.keys()) if (patternIds.includes(key.split('|')[1] ?? '')) this.rows.delete(key);
    });
  }
  texts(profile: string): Promise<ReadonlyMap<string, string>> {
    return this.#answer(() => new Map(this.#of(profile).map(({ patternId, text }) => [patternId, text])));
  }
  of(profile: string, patternIds: readonly string[] | null): Promise<readonly PatternVector[]> {
    return this.#answer(() => this.#of(profile).filter(({ patternId }) => patternIds?.includes(patternId) ?? true));
  }
  near(profile: string, vector: Float32Array, limit: number, patternIds: readonly string[] | null): ReturnType<PatternVectors['near']> {
    const distance = (other: Float32Array): number => Math.sqrt(other.reduce((sum, value, i) => sum + (value - (vector[i] ?? 0)) ** 2, 0));
    return this.#answer(() =>
      this.#of(profile)
        .filter(({ patternId }) => patternIds?.includes(patternId) ?? true)
        .map((one) => ({ patternId: one.patternId, text: one.text, distance: distance(one.vector) }))
        .sort((a, b) => a.distance - b.distance)
        .slice(0, limit),
    );
  }
  tidy(): Promise<void> {
    return this.#answer(() => undefined);
  }

  #of(profile: string): PatternVector[] {
    return [...this.rows].filter(([key]) => key.startsWith(`${profile}|`)).map(([, one]) => one);
  }
  async #answer<T>(work: () => T): Promise<T> {
    this.asked += 1;
    if (this.state === 'hanging') return await new Promise(() => undefined);
    if (this.state === 'failing') throw new Error('relation does not exist');
    return work();
  }
}

const QUESTION = { text: 'too many connections on the database', limit: 5 };
const signal = (): AbortSignal => AbortSignal.timeout(30_000);

interface Told {
  readonly place: MemoryPlace;
  readonly base: EmbeddedKnowledge;
  readonly logged: string[];
  readonly time: { ms: number };
}

async function told(embedder: Embedder = lexiconEmbedder()): Promise<Told> {
  const [place, logged, time] = [new MemoryPlace(), [] as string[], { ms: 0 }];
  const say = (_: object, message: string): void => void logged.push(message);
  const log: Log = { debug: say, info: say, warn: say, error: say };
  const vectors = new SharedVectors({ place, embedder, log, nowMs: () => time.ms });
  return { place, logged, time, base: await openSharedKnowledge(':memory:', embedder, vectors) };
}

knowledgeContract('vectors elsewhere', async () => (await told()).base);

it('goes by words alone when the database fails, says it once, and asks again only after a while', async () => {
  const { place, base, logged, time } = await told();
  await base.save([aPattern('PAT-001'), DATABASE]);
  expect(await base.search(QUESTION, signal())).toMatchObject({ source: 'pgvector', matches: [{ patternId: 'PAT-002' }] });
  place.state = 'failing';
  for (let i = 0; i < 3; i += 1)
    expect(await base.search(QUESTION, signal())).toMatchObject({ source: 'words alone (pgvector did not answer)', matches: [{ patternId: 'PAT-002' }] });
  expect(logged).toHaveLength(1);
  expect(base.ingestion?.()).toMatchObject({ state: 'failed', error: expect.any(String) as string });
  place.state = 'up';
  const { asked } = place;
  expect((await base.search(QUESTION, signal())).source).not.toBe('pgvector');
  expect(place.asked).toBe(asked);
  time.ms += 10_000;
  expect((await base.search(QUESTION, signal())).source).toBe('pgvector');
});

it('waits two seconds for a search, and asks nothing more while one that it gave up has not ended', async () => {
  const { place, base, time } = await told();
  await base.save([aPattern('PAT-001'), DATABASE]);
  place.state = 'hanging';
  const from = performance.now();
  expect(await base.search(QUESTION, signal())).toMatchObject({ source: expect.stringContaining('words') as string, matches: [{ patternId: 'PAT-002' }] });
  expect(performance.now() - from).toBeLessThan(4000);
  const { asked } = place;
  time.ms += 60_000;
  await base.search(QUESTION, signal());
  expect(place.asked).toBe(asked);
});

it('saves while vectors cannot be stored, and makes them when it is told to look', async () => {
  const { place, base, logged, time } = await told();
  place.state = 'failing';
  await base.save([BUCKET]);
  await base.tend();
  expect((await base.search({ text: 'bucket public', limit: 1 }, signal())).matches[0]?.patternId).toBe('PAT-003');
  expect((await base.get('PAT-003'))?.embedding).toBeUndefined();
  place.state = 'up';
  time.ms += 60_000;
  await base.tend();
  expect((await base.get('PAT-003'))?.embedding).toHaveLength(384);
  expect(base.ingestion?.()).toMatchObject({ state: 'done', lastSuccessAtMs: 60_000 });
  expect(logged).toEqual(['patterns are searched by words alone: the vectors in the database cannot be used', 'patterns are searched by vectors again']);
});

it('looks a minute after the first error, though searches go on failing', async () => {
  const { place, base, time } = await told();
  await base.save([DATABASE]);
  await base.tend();
  place.state = 'failing';
  for (; time.ms < 60_000; time.ms += 10_000) await base.search(QUESTION, signal());
  place.state = 'up';
  await base.tend();
  expect(base.ingestion?.()).toMatchObject({ state: 'done' });
});

it('says why when the extension is gone for good', async () => {
  const { place, base } = await told();
  place.there = { ready: false, reason: 'the extension is not installed', fix: 'install it' };
  await base.tend();
  expect(base.ingestion?.()).toMatchObject({ state: 'failed', error: 'Vectors are not searched: the extension is not installed.' });
});

it('keeps a vector that holds what is no number out of the database, and finds that pattern by its words', async () => {
  const embedder: Embedder = {
    name: 'odd/2',
    dimensions: 2,
    embed: async (texts) => texts.map((text) => (/bucket|S3/.test(text) ? Float32Array.of(Number.NaN, 1) : unit(Float32Array.of(1, 2)))),
  };
  const { place, base } = await told(embedder);
  await base.save([BUCKET, DATABASE]);
  await base.tend();
  expect([...place.rows.keys()]).toEqual(['odd/2|PAT-002']);
  const { matches, source } = await base.search({ text: 'bucket public', limit: 1 }, signal());
  expect({ source, id: matches[0]?.patternId }).toEqual({ source: 'pgvector', id: 'PAT-003' });
});

it('saves nothing when the embedder does not answer, as an index with vectors of its own', async () => {
  const broken: Embedder = { name: 'broken/2', dimensions: 2, embed: () => Promise.reject(new Error('away')) };
  const { base } = await told(broken);
  await expect(base.save([DATABASE])).rejects.toThrow('away');
  expect(await base.count()).toBe(0);
  await base.take([DATABASE]); // what another has saved needs no embedder
  expect(await base.count()).toBe(1);
});
