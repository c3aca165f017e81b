import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { scoreRetrieval } from '../../src/score/retrieval.ts';
import { aPattern, BUCKET, DATABASE } from '../contracts/knowledge.ts';

const SHARED = '../shared/data/retrieval';
const folders: string[] = [];
const folderOf = (queries: string): string => {
  const folder = mkdtempSync(join(tmpdir(), 'opsloop-retrieval-'));
  folders.push(folder);
  writeFileSync(join(folder, 'patterns.jsonl'), [aPattern('PAT-001'), DATABASE, BUCKET].map((pattern) => JSON.stringify(pattern)).join('\n'));
  writeFileSync(join(folder, 'queries.tsv'), queries);
  return folder;
};
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

describe('Scoring retrieval', () => {
  it('counts what is found, what is found first, what is over the threshold, and false matches', async () => {
    const rows = [
      'query_id\tlang\tkind\tquery\texpected',
      'Q1\ten\talert\ttoo many connections to the database "now"\tPAT-002',
      'Q2\ten\talert\tEC2 CPU very high, slow\tPAT-002,PAT-001',
      'Q3\ten\talert\tEC2 CPU very high, slow\tPAT-003', // wrong on purpose
      'Q4\tzh\talert\tEC2 CPU 很高，响应变慢\tPAT-001',
      'Q5\ten\tnone\tlunch at noon?\t-',
      'Q6\tzh\tnone\tEC2 CPU 很高，响应变慢\t-', // wrong on purpose
    ];
    const { json, table } = await scoreRetrieval(folderOf(`${rows.join('\n')}\n`));
    expect(json.en.recall_at_1).toBeCloseTo(2 / 3, 3);
    expect(json.en.matched).toBeCloseTo(2 / 3, 3);
    expect(json.zh).toEqual({ recall_at_1: 1, recall_at_5: 1, mrr: 1, matched: 1 });
    expect(json.false_matches).toBe(0.5);
    expect(json.latency_ms.p99).toBeGreaterThan(0);
    expect(table).toContain('recall@1');
  });

  it('says what is wrong with a folder that cannot be read', async () => {
    await expect(scoreRetrieval('/nowhere')).rejects.toMatchObject({ code: 'invalid_input' });
    await expect(scoreRetrieval(folderOf('a\tb\n1\t2\n'))).rejects.toThrow(/needs the columns/);
  });

  it.skipIf(!existsSync(SHARED))(`reaches its goals on ${SHARED} (skipped where that folder is not there)`, async () => {
    const { json } = await scoreRetrieval(SHARED);
    for (const figures of [json.en, json.zh]) {
      expect(figures.recall_at_1).toBeGreaterThanOrEqual(0.9);
      expect(figures.recall_at_5).toBeGreaterThanOrEqual(0.96);
      expect(figures.matched).toBeGreaterThanOrEqual(0.85);
    }
    expect(json.false_matches).toBeLessThanOrEqual(2 / 30);
  });
});
