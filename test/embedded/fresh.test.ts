import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { MATCH_THRESHOLD } from '../../src/domain/pattern.ts';
import { openEmbeddedKnowledge } from '../../src/embedded/knowledge.ts';
import { loadLibrary } from '../../src/embedded/library.ts';

const read = (name: string): string[][] =>
  readFileSync(join(import.meta.dirname, 'fixtures', 'fresh', name), 'utf8')
    .split('\n')
    .slice(1)
    .filter(Boolean)
    .map((line) => line.split('\t'));

/** Wordings of people at night, against the library that ships. The vocabulary has been widened with these at hand: a floor, no estimate. */
it.each(['first.tsv', 'second.tsv', 'third.tsv'])('finds what was asked in %s, and little where nothing should be found', async (name) => {
  const knowledge = await openEmbeddedKnowledge(':memory:');
  await knowledge.save((await loadLibrary()).patterns);
  const counts = { asked: 0, first: 0, fifth: 0, over: 0, none: 0, wrong: 0 };
  for (const [, text = '', expected = '-'] of read(name)) {
    const { matches } = await knowledge.search({ text, limit: 5 }, AbortSignal.timeout(5000));
    const right = expected.split(',');
    if (expected === '-') {
      counts.none += 1;
      counts.wrong += (matches[0]?.similarity ?? 0) > MATCH_THRESHOLD ? 1 : 0;
      continue;
    }
    counts.asked += 1;
    counts.first += right.includes(matches[0]?.patternId ?? '') ? 1 : 0;
    counts.fifth += matches.some(({ patternId }) => right.includes(patternId)) ? 1 : 0;
    counts.over += matches.some(({ patternId, similarity }) => right.includes(patternId) && similarity > MATCH_THRESHOLD) ? 1 : 0;
  }
  await knowledge.close();
  expect(counts.first / counts.asked).toBeGreaterThanOrEqual(0.9);
  expect(counts.fifth / counts.asked).toBeGreaterThanOrEqual(0.96);
  expect(counts.over / counts.asked).toBeGreaterThanOrEqual(0.9);
  expect(counts.wrong).toBeLessThanOrEqual(1);
});
