import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { OpsError } from '../../src/domain/errors.ts';
import { type Embedder, lexiconEmbedder } from '../../src/embedded/embedding.ts';
import { openEmbeddedKnowledge } from '../../src/embedded/knowledge.ts';
import { reembedFile } from '../../src/embedded/reembed.ts';
import { aPattern } from '../contracts/knowledge.ts';

const five: Embedder = { name: 'five/5', dimensions: 5, embed: async (texts) => texts.map((text) => Float32Array.from([text.length, 1, 2, 3, 4])) };

async function indexed(): Promise<string> {
  const dir = mkdtempSync(join(tmpdir(), 'opsloop-reembed-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  const knowledge = await openEmbeddedKnowledge(join(dir, 'k.db'));
  await knowledge.save(Array.from({ length: 70 }, (_, n) => aPattern(`PAT-${100 + n}`, { title: `Problem number ${n}${n === 66 ? ' of the zebra' : ''}` })));
  await knowledge.close();
  return join(dir, 'k.db');
}
const signal = (): AbortSignal => AbortSignal.timeout(10_000);

it('gives a file another embedder, with progress, and back', async () => {
  const path = await indexed();
  await expect(openEmbeddedKnowledge(path, { embedder: five })).rejects.toThrow('do not mix');
  const steps: string[] = [];
  expect(await reembedFile(path, five, (done, all) => steps.push(`${done}/${all}`), signal())).toEqual({ embedded: 70, failed: [] });
  expect(steps).toEqual(['64/70', '70/70']);
  const knowledge = await openEmbeddedKnowledge(path, { embedder: five });
  expect((await knowledge.get('PAT-100'))?.embedding).toHaveLength(5);
  expect((await knowledge.search({ text: 'problem number 7', limit: 3 }, signal())).matches.length).toBeGreaterThan(0);
  await knowledge.close();
  await reembedFile(path, lexiconEmbedder(), () => {}, signal());
  await (await openEmbeddedKnowledge(path)).close();
});

it('leaves the file as it was when the embedder is away or gives other lengths, and says how far it came', async () => {
  const path = await indexed();
  const away = new OpsError('unavailable', 'It is away.');
  const failing: Embedder = {
    ...five,
    embed: async (texts) => (texts.some((text) => text.includes('number 66')) ? Promise.reject(away) : five.embed(texts, signal())),
  };
  const gone: Embedder = { ...five, embed: async () => Promise.reject(away) };
  const lying: Embedder = { ...five, embed: async (texts) => texts.map(() => Float32Array.from([1])) };
  await expect(reembedFile(path, gone, () => {}, signal())).rejects.toThrow('0 of 70 patterns were embedded, then 5 failed one after the other: It is away.');
  await expect(reembedFile(path, lying, () => {}, signal())).rejects.toThrow('wrong length');
  const before = await openEmbeddedKnowledge(path);
  expect(await before.list()).toHaveLength(70);
  await before.close();
  // One text alone is refused: the others go on, it is named, and the next run tries only that one.
  expect(await reembedFile(path, failing, () => {}, signal())).toEqual({ embedded: 69, failed: [{ patternId: 'PAT-166', reason: 'It is away.' }] });
  const partly = await openEmbeddedKnowledge(path, { embedder: five });
  expect((await partly.get('PAT-166'))?.embedding).toBeUndefined();
  expect((await partly.search({ text: 'zebra', limit: 70 }, signal())).matches.map(({ patternId }) => patternId)).toContain('PAT-166');
  await partly.close();
  const asked: number[] = [];
  const counting: Embedder = {
    ...five,
    embed: async (texts) => {
      asked.push(texts.length);
      return await five.embed(texts, signal());
    },
  };
  expect(await reembedFile(path, counting, () => {}, signal())).toEqual({ embedded: 1, failed: [] });
  expect(asked).toEqual([1]);
});

it('is followed by a process that runs: it goes over to the embedder its settings name now; with others it searches by words and refuses to save', async () => {
  const path = await indexed();
  let named: Embedder = lexiconEmbedder();
  const running = await openEmbeddedKnowledge(path, { reload: () => named });
  const stubborn = await openEmbeddedKnowledge(path);
  const found = async (base: typeof running): Promise<string | undefined> =>
    (await base.search({ text: 'problem number 7', limit: 1 }, signal())).matches[0]?.title;
  const first = await found(running);
  expect(await found(stubborn)).toBe(first);
  named = five;
  await reembedFile(path, five, () => {}, signal());
  expect(await found(running)).toBeDefined();
  expect(await found(stubborn)).toBeDefined();
  expect((await running.save([aPattern('PAT-900', { title: 'Saved meanwhile' })]))[0]?.embedding).toHaveLength(5);
  await expect(stubborn.save([aPattern('PAT-901', { title: 'Not saved' })])).rejects.toMatchObject({ code: 'conflict' });
  expect(await running.count()).toBe(71);
  await running.close();
  await stubborn.close();
});

it('loses no pattern that is saved while it runs', async () => {
  const path = await indexed();
  const beside = await openEmbeddedKnowledge(path);
  let once = true;
  const slow: Embedder = {
    ...five,
    embed: async (texts) => {
      if (once) await beside.save([aPattern('PAT-100', { title: 'Changed meanwhile' }), aPattern('PAT-999', { title: 'Saved meanwhile' })]);
      once = false;
      return await five.embed(texts, signal());
    },
  };
  await reembedFile(path, slow, () => {}, signal());
  await beside.close();
  const after = await openEmbeddedKnowledge(path, { embedder: five });
  expect((await after.get('PAT-100'))?.title).toBe('Changed meanwhile');
  expect((await after.get('PAT-999'))?.title).toBe('Saved meanwhile');
  await after.close();
});
