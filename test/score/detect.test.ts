import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { scoreDetect } from '../../src/score/detect.ts';
import { NAB_PROFILES, nabScore } from '../../src/score/nab.ts';
import { delayF1, eventF1, eventF1At, pagesAt, segmentsOf } from '../../src/score/segments.ts';
import { vusPr } from '../../src/score/vus.ts';

const FILE = {
  windows: [
    [400, 499],
    [700, 799],
  ] as const,
};
const scores = (marks: Record<number, number>): Float64Array => {
  const all = new Float64Array(1000);
  for (const [row, score] of Object.entries(marks)) all[Number(row)] = score;
  return all;
};

describe('the NAB score', () => {
  test('a detector that always says one half scores 0 in every profile', () => {
    for (const profile of Object.values(NAB_PROFILES)) {
      const { score } = nabScore(
        Array.from({ length: 4 }, () => ({ ...FILE, scores: new Float64Array(1000).fill(0.5) })),
        profile,
      );
      expect(score).toBeLessThan(1);
      expect(score).toBeGreaterThanOrEqual(0);
    }
  });

  test('one that speaks at the first row of each window only scores 100', () => {
    for (const profile of Object.values(NAB_PROFILES)) expect(nabScore([{ ...FILE, scores: scores({ 400: 1, 700: 1 }) }], profile).score).toBeCloseTo(100, 3);
  });

  test('a silent one scores 0, a late hit less than an early one, and each false alarm costs', () => {
    const standard = (marks: Record<number, number>): number => nabScore([{ ...FILE, scores: scores(marks) }], NAB_PROFILES.standard).score;
    expect(standard({})).toBe(0);
    expect(standard({ 499: 1, 700: 1 })).toBeLessThan(standard({ 450: 1, 700: 1 }));
    expect(standard({ 400: 1, 700: 1, 250: 1 })).toBeCloseTo(100 * ((2 - 0.11 + 2) / 4), 3);
    expect(standard({ 400: 1, 700: 1, 505: 1 })).toBeGreaterThan(standard({ 400: 1, 700: 1, 600: 1 }));
  });

  test('the first 15 % of the rows count for nothing', () => {
    expect(nabScore([{ ...FILE, scores: scores({ 400: 1, 700: 1, 149: 1 }) }], NAB_PROFILES.standard).score).toBeCloseTo(100, 3);
  });

  test('there is one threshold for all files', () => {
    const loud = { ...FILE, scores: scores({ 400: 0.9, 700: 0.9, 250: 0.8, 600: 0.8 }) };
    const quiet = { ...FILE, scores: scores({ 400: 0.5, 700: 0.5 }) };
    const { score, threshold } = nabScore([loud, quiet], NAB_PROFILES.standard);
    expect(threshold).toBe(0.5);
    expect(score).toBeLessThan(100);
  });
});

describe('the scores on labelled segments', () => {
  const labels = Uint8Array.from({ length: 200 }, (_, row) => ((row >= 50 && row < 60) || (row >= 120 && row < 130) ? 1 : 0));
  const file = (marks: Record<number, number>, stepMs = 3_600_000) => {
    const all = new Float64Array(200);
    for (const [row, score] of Object.entries(marks)) all[Number(row)] = score;
    return { scores: all, segments: segmentsOf(labels), stepMs };
  };

  test('segments are found from their labels', () => {
    expect(segmentsOf(labels)).toEqual([
      [50, 59],
      [120, 129],
    ]);
    expect(segmentsOf([1, 0, 1, 1])).toEqual([
      [0, 0],
      [2, 3],
    ]);
  });

  test('a segment counts only when found in its first points: 4 of an hourly series, 8 of a minutely one', () => {
    expect(delayF1([file({ 53: 1, 120: 1 })])).toBe(1);
    expect(delayF1([file({ 54: 1, 120: 1 })])).toBeCloseTo(20 / 30, 6);
    expect(delayF1([file({ 57: 1, 120: 1 }, 60_000)])).toBe(1);
  });

  test('a false page quietens the next thirty points', () => {
    expect(pagesAt(file({ 10: 1, 20: 1, 39: 1, 40: 1, 55: 1 }), 1)).toEqual({ hit: 1, falsePages: 2 });
    expect(eventF1At([file({ 10: 1, 55: 1, 125: 1 })], 1)).toBeCloseTo(4 / 5, 6);
    expect(eventF1([file({ 10: 0.2, 55: 0.9, 125: 0.9 })])).toBe(1);
  });

  test('VUS-PR is near 1 for the labels themselves, near the share of labels for a constant, and bears a small offset', () => {
    const exact = Float64Array.from(labels);
    expect(vusPr(labels, exact, 0)).toBeGreaterThan(0.95);
    expect(vusPr(labels, new Float64Array(200).fill(0.5), 0)).toBeLessThan(0.6);
    const shifted = Float64Array.from(labels, (_, row) => labels[row - 3] ?? 0);
    expect(vusPr(labels, shifted, 20)).toBeGreaterThan(vusPr(labels, shifted, 0));
    expect(vusPr(new Uint8Array(50), new Float64Array(50), 5)).toBeNaN();
  });
});

describe('score detect', () => {
  function folder(): string {
    const dir = mkdtempSync(join(tmpdir(), 'opsloop-score-'));
    onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
    mkdirSync(join(dir, 'series'));
    return dir;
  }

  test('writes a row for each row, times as they were, gaps kept, one page an episode', async () => {
    const dir = folder();
    const rows = Array.from({ length: 600 }, (_, row) => {
      const at = new Date(Date.UTC(2026, 0, 1) + row * 3_600_000).toISOString().slice(0, 19).replace('T', ' ');
      const trouble = row >= 500 && row < 506;
      return `${at},${row === 77 ? '' : trouble ? 900 : 100 + (row % 7)},${trouble ? 1 : 0}`;
    });
    writeFileSync(join(dir, 'series/a.csv'), `timestamp,value,label\n${rows.join('\n')}\n`);
    const { json } = await scoreDetect(dir, { out: join(dir, 'out') });
    expect(json).toMatchObject({ series: 1, points: 600, nab: null, ops: { event_f1: 1 }, alert: { event_f1: 1, false_pages_per_metric_day: 0 } });
    const written = readFileSync(join(dir, 'out/a.csv'), 'utf8').trim().split('\n');
    expect(written[0]).toBe('timestamp,value,anomaly_score,severity,alert');
    expect(written).toHaveLength(601);
    expect(written[78]?.startsWith('2026-01-04 05:00:00,,0.000000,')).toBe(true);
    expect(written.filter((line) => line.endsWith(',1'))).toHaveLength(1);
  });

  test('says what is wrong with a folder or a file, with its line', async () => {
    const dir = folder();
    await expect(scoreDetect(join(dir, 'none'))).rejects.toMatchObject({ code: 'invalid_input' });
    await expect(scoreDetect(dir)).rejects.toThrow(/holds no .csv file/);
    writeFileSync(join(dir, 'series/a.csv'), 'timestamp,value\n2026-01-01 00:00:00,1\n2026-01-01 01:00:00,abc\n');
    await expect(scoreDetect(dir)).rejects.toThrow('a.csv: line 3 has no number in "abc".');
  });

  const PUBLIC = join(import.meta.dirname, '../../../shared/data');
  test.skipIf(!existsSync(join(PUBLIC, 'detect-nab')))('keeps its published figures on the public data (skipped where ../shared/data is absent)', async () => {
    const nab = (await scoreDetect(join(PUBLIC, 'detect-nab'))).json;
    expect(nab.nab?.standard).toBeGreaterThan(74);
    expect(nab.nab?.low_fp).toBeGreaterThan(65);
    const ops = (await scoreDetect(join(PUBLIC, 'detect-ops'))).json;
    expect(ops.ops?.delay_f1).toBeGreaterThan(0.66);
    expect(ops.ops?.event_f1).toBeGreaterThan(0.62);
    expect(ops.ops?.vus_pr).toBeGreaterThan(0.6);
    expect(ops.alert?.event_f1).toBeGreaterThan(0.55);
    expect(ops.alert?.false_pages_per_metric_day).toBeLessThan(0.1);
  });
});
