import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { OpsError } from '../../src/domain/errors.ts';
import { parseTime, readRecording } from '../../src/replay/csv.ts';
import { replayFile } from '../../src/replay/replay.ts';

function file(text: string): string {
  const dir = mkdtempSync(join(tmpdir(), 'opsloop-replay-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  writeFileSync(join(dir, 'cpu.csv'), text);
  return join(dir, 'cpu.csv');
}

const at = (minute: number): string => new Date(Date.UTC(2026, 0, 5) + minute * 60_000).toISOString();
const rows = (count: number, value: (minute: number) => string | number): string =>
  Array.from({ length: count }, (_, minute) => `${at(minute)},${value(minute)}`).join('\n');

describe('replay', () => {
  test('tells the alerts it would have sent, with a picture of them', async () => {
    const path = file(`timestamp,value\n${rows(800, (minute) => (minute >= 700 && minute < 710 ? 900 : 100 + (minute % 5)))}\n`);
    const result = await replayFile(path);
    expect(result).toMatchObject({ file: 'cpu.csv', points: 800, gaps: 0, passedOver: 0 });
    expect(result.alerts).toHaveLength(1);
    expect(result.alerts[0]).toMatchObject({ start: at(700), method: 'timeseries' });
    expect(result.alerts[0]?.end).not.toBeNull();
    expect(result.alerts[0]?.reason).toMatch(/^cpu is 900; usual is/);
    expect(result.spec.spans).toHaveLength(1);
    expect(Math.max(...(result.spec.series[0]?.points.map(({ value }) => value ?? 0) ?? []))).toBe(900);
  });

  test('gaps, repeated and unordered rows are kept count of, not refused', async () => {
    const path = file(`timestamp,value\n${at(0)},1\n${at(1)},\n${at(1)},2\n${at(3)},3\n${at(2)},9\n`);
    expect(await replayFile(path)).toMatchObject({ points: 5, gaps: 1, passedOver: 2, alerts: [] });
  });

  test.each([
    ['timestamp,value\n', 'line 2 is missing: the file has no rows'],
    ['', 'line 1 has no columns named timestamp and value'],
    ['when,what\n1,2\n', 'line 1 has no columns named timestamp and value'],
    [`timestamp,value\n${at(0)},1\n${at(1)},lots\n`, 'line 3 has no number in "lots"'],
    [`timestamp,value\n${at(0)},1\nyesterday,2\n`, 'line 3 has no time in "yesterday"'],
    ['timestamp,value\n"2026,1\n', 'is not valid CSV'],
  ])('a file that cannot be read gets one sentence with its line: %j', async (text, message) => {
    const refused = replayFile(file(text));
    await expect(refused).rejects.toBeInstanceOf(OpsError);
    await expect(refused).rejects.toThrow(message);
  });

  test('a file that is not there is said to be so', async () => {
    await expect(replayFile('/nowhere/x.csv')).rejects.toMatchObject({ code: 'invalid_input' });
  });

  const NAB = join(import.meta.dirname, '../../../shared/data/detect-nab/series');
  test.skipIf(!existsSync(NAB))('works on every public recording, and pages with restraint (skipped where ../shared/data is absent)', async () => {
    for (const name of readdirSync(NAB)) {
      const { alerts, points } = await replayFile(join(NAB, name));
      expect(points, name).toBeGreaterThan(1000);
      expect(alerts.length, name).toBeLessThan(60);
    }
  });
});

describe('times', () => {
  test('all the ways people write them', () => {
    const expected = Date.UTC(2014, 3, 1, 0, 5);
    for (const text of [
      '2014-04-01 00:05:00',
      '2014-04-01T00:05:00Z',
      '2014-04-01T02:05:00+02:00',
      '1396310700',
      '1396310700000',
      '2014-04-01 00:05',
      '2014-04-01 00:05:00.000000',
    ])
      expect(parseTime(text), text).toBe(expected);
    for (const text of ['', 'now', '17', '04/01/2014', '2014-13-01 00:00:00']) expect(parseTime(text), text).toBeNaN();
  });

  test('any text is either read or refused with words', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.string(), fc.string()), { maxLength: 20 }), (cells) => {
        try {
          const { times, values } = readRecording(`timestamp,value\n${cells.map((row) => row.join(',')).join('\n')}`, 'x.csv');
          expect(times.every(Number.isFinite)).toBe(true);
          expect(values.length).toBe(times.length);
        } catch (error) {
          expect(error).toBeInstanceOf(OpsError);
        }
      }),
    );
  });
});
