import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { type Embedder, lexiconEmbedder } from '../../src/embedded/embedding.ts';
import { openEmbeddedKnowledge, reembedFile } from '../../src/embedded/knowledge.ts';
import { aPattern } from '../contracts/knowledge.ts';

const five: Embedder = { name: 'five/5', dimensions: 5, embed: async (texts) => texts.map((text) => Float32Array.from([text.length, 1, 2, 3, 4])) };

async function indexed(): Promise<string> {
  const dir = mkdtempSync(join(tmpdir(), 'opsloop-reembed-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  const knowledge = await openEmbeddedKnowledge(join(dir, 'k.db'));
  await knowledge.save(Array.from({ length: 70 }, (_, n) => aPattern(`PAT-${100 + n}`, { title: `Problem number ${n}` })));
  await knowledge.close();
  return join(dir, 'k.db');
}
const signal = (): AbortSignal => AbortSignal.timeout(10_000);

it('gives a file another embedder, with progress, and back', async () => {
  const path = await indexed();
  await expect(openEmbeddedKnowledge(path, { embedder: five })).rejects.toThrow('do not mix');
  const steps: string[] = [];
  expect(await reembedFile(path, five, (done, all) => steps.push(`${done}/${all}`), signal())).toBe(70);
  expect(steps).toEqual(['64/70', '70/70']);
  const knowledge = await openEmbeddedKnowledge(path, { embedder: five });
  expect((await knowledge.get('PAT-100'))?.embedding).toHaveLength(5);
  expect((await knowledge.search({ text: 'problem number 7', limit: 3 }, signal())).matches.length).toBeGreaterThan(0);
  await knowledge.close();
  await reembedFile(path, lexiconEmbedder(), () => {}, signal());
  await (await openEmbeddedKnowledge(path)).close();
});

it('leaves the file as it was when the embedder fails or gives other lengths', async () => {
  const path = await indexed();
  const failing: Embedder = { ...five, embed: async () => Promise.reject(new Error('away')) };
  const lying: Embedder = { ...five, embed: async (texts) => texts.map(() => Float32Array.from([1])) };
  await expect(reembedFile(path, failing, () => {}, signal())).rejects.toThrow('away');
  await expect(reembedFile(path, lying, () => {}, signal())).rejects.toThrow('wrong length');
  const knowledge = await openEmbeddedKnowledge(path);
  expect(await knowledge.list()).toHaveLength(70);
  await knowledge.close();
});
