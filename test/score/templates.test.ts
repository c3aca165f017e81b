import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { LogMiner } from '../../src/pattern/templates/miner.ts';
import { groupFigures, scoreTemplates } from '../../src/score/templates.ts';

const SHARED = '../shared/data/logs-loghub';
const folders: string[] = [];
const folder = (): string => {
  const made = mkdtempSync(join(tmpdir(), 'opsloop-templates-'));
  folders.push(made);
  return made;
};
afterEach(() => {
  for (const made of folders.splice(0)) rmSync(made, { recursive: true, force: true });
});

describe('Scoring log templates', () => {
  it('counts lines whose group is exact, groups that are, and texts that are too', () => {
    const truth = ['a <*>', 'a <*>', 'b <*>', 'c', 'd'];
    const figures = groupFigures([1, 1, 2, 3, 3], truth, (id) => ({ 1: 'a <*>', 2: 'b' })[id] ?? null);
    expect(figures.grouping_accuracy).toBe(0.6); // both a lines and b; c and d share a group
    expect(figures.f1_grouping_accuracy).toBeCloseTo((2 * 2) / (3 + 4), 3);
    expect(figures.f1_template_accuracy).toBeCloseTo((2 * 1) / (3 + 4), 3);
  });

  it('scores a folder of logs and prints a row for each', async () => {
    const dir = folder();
    mkdirSync(join(dir, 'Shop'));
    writeFileSync(join(dir, 'Shop', 'lines.txt'), 'order 1 paid\norder 2 paid\nstarted\n');
    writeFileSync(join(dir, 'Shop', 'templates.txt'), 'order <*> paid\norder <*> paid\nstarted\n');
    const { json, table } = await scoreTemplates(dir);
    expect(json.logs['Shop']).toMatchObject({ grouping_accuracy: 1, f1_grouping_accuracy: 1, f1_template_accuracy: 1 });
    expect(json.mean.lines_per_second).toBeGreaterThan(0);
    expect(table).toContain('Shop');
  });

  it('says what is wrong with a folder that cannot be read', async () => {
    await expect(scoreTemplates('/nowhere')).rejects.toMatchObject({ code: 'invalid_input' });
    await expect(scoreTemplates(folder())).rejects.toThrow(/no logs/);
    const dir = folder();
    mkdirSync(join(dir, 'Shop'));
    writeFileSync(join(dir, 'Shop', 'lines.txt'), 'one\ntwo\n');
    writeFileSync(join(dir, 'Shop', 'templates.txt'), 'one\n');
    await expect(scoreTemplates(dir)).rejects.toThrow(/2 lines, templates.txt 1/);
  });

  it.skipIf(!existsSync(SHARED))(`groups the logs of ${SHARED} as their labels do (skipped where that folder is not there)`, () => {
    const names = readdirSync(SHARED);
    const all = names.map((name) => {
      const read = (file: string): string[] =>
        readFileSync(join(SHARED, name, file), 'utf8')
          .trimEnd()
          .split('\n');
      const miner = new LogMiner();
      const ids = read('lines.txt').map((line) => miner.add(line));
      return groupFigures(
        ids.map((id) => miner.resolve(id)),
        read('templates.txt'),
        (id) => miner.template(id),
      );
    });
    const mean = (pick: (one: (typeof all)[number]) => number): number => all.reduce((sum, one) => sum + pick(one), 0) / all.length;
    expect(mean((one) => one.grouping_accuracy)).toBeGreaterThanOrEqual(0.95);
    expect(mean((one) => one.f1_template_accuracy)).toBeGreaterThanOrEqual(0.65);
  });
});
