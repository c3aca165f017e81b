import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { scoreRca } from '../../src/score/rca.ts';

const PETSHOP = '../shared/data/rca-petshop/low_traffic';
const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

const NODES = ['front', 'cart', 'store', 'mail'];
const LATENCY: Record<string, number> = { front: 0.2, cart: 0.08, store: 0.02, mail: 0.05 };
const REQUESTS: Record<string, number> = { front: 900, cart: 300, store: 600, mail: 40 };

function row(seconds: number, delay: Readonly<Record<string, number>>): string {
  const wave = (salt: number): number => 1 + 0.04 * Math.sin(seconds / 700 + salt) + 0.02 * Math.sin(seconds / 190 + 2 * salt);
  const latencies = NODES.map((node, index) => ((LATENCY[node] ?? 0) * wave(index) + (delay[node] ?? 0)).toFixed(6));
  return [seconds, ...latencies, ...NODES.map((node, index) => Math.round((REQUESTS[node] ?? 0) * wave(index + 9)))].join(',');
}

/** A shop of four nodes in which `truth` is slow in one case and everything that waits for it too. */
function folderOf(truth: string, delays: Readonly<Record<string, number>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'opsloop-rca-'));
  folders.push(folder);
  const header = ['unix_seconds', ...NODES.map((node) => `${node}|latency|Average`), ...NODES.map((node) => `${node}|requests|Sum`)].join(',');
  writeFileSync(join(folder, 'graph.csv'), 'caller,callee\nfront,cart\ncart,store\nfront,mail\n');
  writeFileSync(join(folder, 'normal.csv'), [header, ...Array.from({ length: 200 }, (_, index) => row(index * 300, {}))].join('\n'));
  mkdirSync(join(folder, 'cases', 'one'), { recursive: true });
  const abnormal = [0, 1, 2, 3, 4].map((index) => row(90_000 + index * 300, index < 2 ? {} : delays));
  writeFileSync(join(folder, 'cases', 'one', 'abnormal.csv'), [header, ...abnormal].join('\n'));
  const target = { node: 'front', metric: 'latency', statistic: 'Average', unix_seconds: 90_500 };
  writeFileSync(join(folder, 'cases', 'one', 'case.json'), JSON.stringify({ target, root_cause: { node: truth } }));
  return folder;
}

describe('the score of root-cause analysis', () => {
  it('counts a case whose cause is named first, and the quiet of normal stretches', async () => {
    const { json, table } = await scoreRca(folderOf('store', { front: 0.3, cart: 0.9, store: 0.45 }));
    expect(json).toEqual({ cases: 1, top1: 1, top3: 1, specificity: 1, by_metric: { latency: { cases: 1, top1: 1, top3: 1 } }, misses: [] });
    expect(table).toContain('specificity 1.000');
  });

  it('counts a wrong answer as a miss and shows what was named', async () => {
    const { json } = await scoreRca(folderOf('mail', { front: 0.3, cart: 0.9, store: 0.45 }));
    expect(json.top1).toBe(0);
    expect(json.misses).toEqual([{ case: 'one', truth: 'mail', ranked: [expect.stringContaining('store')] }]);
  });

  it('refuses what is not such a folder in words', async () => {
    await expect(scoreRca('/nowhere')).rejects.toThrow('There is no file /nowhere/graph.csv.');
    const folder = folderOf('store', {});
    writeFileSync(join(folder, 'cases', 'one', 'case.json'), '{"target":{}}');
    await expect(scoreRca(folder)).rejects.toThrow('case.json is not a case');
    writeFileSync(join(folder, 'normal.csv'), 'time,a\n1,2\n');
    await expect(scoreRca(folder)).rejects.toThrow('unix_seconds');
  });

  it.skipIf(!existsSync(PETSHOP))(
    'reaches its goals on the public cases (skipped where ../shared/data is absent)',
    async () => {
      const { json } = await scoreRca(PETSHOP);
      expect(json.cases).toBe(26);
      expect(json.top1).toBeGreaterThanOrEqual(0.92);
      expect(json.top3).toBeGreaterThanOrEqual(0.96);
      expect(json.specificity).toBeGreaterThanOrEqual(0.9);
    },
    60_000,
  );
});
