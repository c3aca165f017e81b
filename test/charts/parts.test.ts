import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fitted, PLOT, placeLabels, textWidth } from '../../src/charts/layout.ts';
import { valueAxis } from '../../src/charts/scale.ts';
import { lineCells, lonely, timeRange } from '../../src/charts/series.ts';
import { at, base } from './specs.ts';

const pointsOf = (values: readonly (number | null)[], minute = (index: number): number => index) =>
  values.map((value, index) => ({ timestampMs: at(minute(index)), value }));
const specOf = (values: readonly (number | null)[], unit = 'Count', threshold: number | null = null) => ({
  ...base,
  unit,
  threshold,
  series: [{ name: 'x', points: pointsOf(values) }],
});

describe('the line', () => {
  it('has a hole where data is missing', () => {
    const cells = lineCells(pointsOf([1, 2, 3, 4, 5], (index) => (index < 3 ? index : index + 20)));
    expect(cells.map((cell) => cell[1])).toEqual([1, 2, 3, null, 4, 5]);
  });

  it('keeps every peak when there are too many points to draw', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 19_999 }), (peak) => {
        const cells = lineCells(pointsOf(Array.from({ length: 20_000 }, (_, index) => (index === peak ? 900 : index % 7))));
        expect(cells.length).toBeLessThan(2_001);
        expect(Math.max(...cells.map((cell) => cell[1] ?? 0))).toBe(900);
      }),
      { numRuns: 20 },
    );
  });

  it('keeps a long hole open even among too many points', () => {
    const cells = lineCells(
      pointsOf(
        Array.from({ length: 10_000 }, () => 5),
        (index) => (index < 4_321 ? index : index + 5_000),
      ),
    );
    expect(cells.filter((cell) => cell[1] === null)).toHaveLength(1);
  });

  it('marks a point between two holes, which no line would show', () => {
    expect([...lonely(lineCells(pointsOf([1, null, 5, null, 2, 2])))]).toEqual([0, 2]);
  });

  it('gives one point a window around it, and nothing no window', () => {
    const range = timeRange(specOf([42]));
    expect(range && range.toMs - range.fromMs).toBe(600_000);
    expect(timeRange(base)).toBeNull();
  });
});

describe('the value axis', () => {
  const labels = (axis: ReturnType<typeof valueAxis>): string[] =>
    Array.from({ length: Math.round((axis.max - axis.min) / axis.step) + 1 }, (_, index) => axis.label(axis.min + index * axis.step));

  it('counts bytes in binary units, time in the unit that fits, and keeps shares within 100 %', () => {
    expect(labels(valueAxis(specOf([0, 2 * 1024 ** 3], 'Bytes')))).toEqual(['0 B', '0.5 GiB', '1 GiB', '1.5 GiB', '2 GiB', '2.5 GiB']);
    expect(labels(valueAxis(specOf([0.1, 0.31], 'Seconds')))).toContain('100 ms');
    expect(labels(valueAxis(specOf([3, 99.5], 'Percent'))).at(-1)).toBe('100 %');
  });

  it('names a threshold far away instead of pressing the line flat', () => {
    expect(valueAxis(specOf([10, 20], 'Count', 25)).showsThreshold).toBe(true);
    expect(valueAxis(specOf([10, 20], 'Count', 5000)).showsThreshold).toBe(false);
  });

  it('holds all data between a few distinct labels, whatever the numbers', () => {
    const number = fc.double({ min: -1e12, max: 1e12, noNaN: true });
    fc.assert(
      fc.property(
        fc.array(number, { minLength: 1, maxLength: 20 }),
        fc.constantFrom('Percent', 'Bytes', 'Milliseconds', 'Count', 'None', 'Count/Second'),
        (values, unit) => {
          const axis = valueAxis(specOf(values, unit));
          const room = axis.step * 1e-6;
          expect(axis.min).toBeLessThanOrEqual(Math.min(...values) + room);
          expect(axis.max).toBeGreaterThanOrEqual(Math.max(...values) - room);
          expect((axis.max - axis.min) / axis.step).toBeLessThan(12);
        },
      ),
    );
  });
});

describe('the labels of changes', () => {
  it('never overlap and never leave the picture', () => {
    const marker = fc.record({ x: fc.double({ min: PLOT.left, max: PLOT.right, noNaN: true }), label: fc.string({ unit: 'grapheme', maxLength: 60 }) });
    fc.assert(
      fc.property(fc.array(marker, { maxLength: 40 }), (markers) => {
        const { labels, unnamed } = placeLabels(markers);
        expect(labels.length + unnamed).toBe(markers.length);
        for (const [index, one] of labels.entries()) {
          const end = one.left + textWidth(one.text, 13);
          expect(one.left).toBeGreaterThanOrEqual(PLOT.left);
          expect(end).toBeLessThanOrEqual(PLOT.right + 1);
          for (const other of labels.slice(index + 1))
            if (other.row === one.row) expect(one.left > other.left + textWidth(other.text, 13) || end < other.left).toBe(true);
        }
      }),
    );
  });

  it('are cut to their width with dots', () => {
    expect(fitted('deploy checkout 4.2.1 by ci-deployer', 150, 13)).toMatch(/…$/);
    expect(textWidth(fitted('数据库连接数'.repeat(20), 150, 13), 13)).toBeLessThanOrEqual(150);
    expect(fitted('short', 150, 13)).toBe('short');
  });
});
