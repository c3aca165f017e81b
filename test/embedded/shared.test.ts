import { expect, it } from 'vitest';
import type { KnowledgeBase } from '../../src/domain/ports.ts';
import type { Store } from '../../src/domain/store.ts';
import { openEmbeddedKnowledge } from '../../src/embedded/knowledge.ts';
import { followShared } from '../../src/embedded/shared.ts';
import { aPattern, BUCKET, DATABASE, knowledgeContract } from '../contracts/knowledge.ts';
import { tempStore } from '../support/store.ts';
import { waitFor } from '../support/wait.ts';

const replica = async (store: Pick<Store, 'sharedPatterns' | 'wake' | 'transaction'>): Promise<KnowledgeBase & { close(): Promise<void> }> =>
  followShared(await openEmbeddedKnowledge(':memory:'), store);

knowledgeContract('an index that follows the others', async () => replica(await tempStore()));

it('takes over what another replica saved, changed and removed, and catches up when it starts later', async () => {
  const store = await tempStore();
  const [mine, other] = [await replica(store), await replica(store)];
  await mine.save([aPattern('PAT-001'), DATABASE]);
  await waitFor(async () => (await other.list()).length === 2);
  expect((await other.search({ text: 'EC2 CPU 很高，响应变慢', limit: 1 }, AbortSignal.timeout(5000))).matches[0]?.patternId).toBe('PAT-001');
  await other.save([aPattern('PAT-001', { title: 'Renamed' })]);
  await mine.remove(['PAT-002']);
  await waitFor(async () => (await mine.get('PAT-001'))?.title === 'Renamed' && (await other.get('PAT-002')) === null);
  await mine.close();
  await other.save([BUCKET]);
  const late = await replica(store);
  expect((await late.list()).map(({ pattern_id }) => pattern_id).sort()).toEqual(['PAT-001', 'PAT-003']);
  await Promise.all([other.close(), late.close()]);
});

it('begins with what the first index holds, and gives it to the second', async () => {
  const store = await tempStore();
  const old = await openEmbeddedKnowledge(':memory:');
  await old.save([aPattern('PAT-001', { title: 'Learned here' })]);
  const mine = await followShared(old, store);
  const fresh = await openEmbeddedKnowledge(':memory:');
  await fresh.save([aPattern('PAT-001', { title: 'As in the library' })]);
  const other = await followShared(fresh, store);
  expect((await other.get('PAT-001'))?.title).toBe('Learned here');
  await Promise.all([mine.close(), other.close()]);
});

it('answers while the database is away, says that it cannot save, and takes up later what it missed', async () => {
  const store = await tempStore();
  let away = false;
  const guarded: Pick<Store, 'sharedPatterns' | 'wake' | 'transaction'> = {
    wake: store.wake,
    transaction: (work) => store.transaction(work),
    sharedPatterns: {
      put: async (changes) => (away ? Promise.reject(new Error('away')) : store.sharedPatterns.put(changes)),
      since: async (after, limit) => (away ? Promise.reject(new Error('away')) : store.sharedPatterns.since(after, limit)),
    },
  };
  const [mine, other] = [await replica(guarded), await replica(store)];
  await mine.save([DATABASE]);
  away = true;
  await other.save([BUCKET]);
  expect((await mine.list()).map(({ pattern_id }) => pattern_id)).toEqual(['PAT-002']);
  await expect(mine.save([aPattern('PAT-001')])).rejects.toThrow('away');
  away = false;
  await waitFor(async () => (await mine.get('PAT-003')) !== null);
  await Promise.all([mine.close(), other.close()]);
});
