import { join } from 'node:path';
import { expect, it } from 'vitest';
import { scoreRetrieval } from '../../src/score/retrieval.ts';

/**
 * 156 patterns and some 950 questions beyond the library: three rounds, each written without looking at how the one before scored
 * (docs/scoring/retrieval.md has the figures at first sight). The vocabulary has been widened since: a floor, no estimate.
 */
it('finds patterns and wordings outside the library, and little where nothing should be found', async () => {
  const { json } = await scoreRetrieval(join(import.meta.dirname, 'fixtures', 'wider'));
  for (const language of [json.en, json.zh]) {
    expect(language.recall_at_1).toBeGreaterThanOrEqual(0.87);
    expect(language.recall_at_5).toBeGreaterThanOrEqual(0.96);
    expect(language.matched).toBeGreaterThanOrEqual(0.85);
  }
  expect(json.false_matches).toBeLessThanOrEqual(0.06);
});
