import type { TrendSpec } from '../domain/chart.ts';
import { COLOURS } from './annotations.ts';
import { box, line, page, WIDE, words } from './svg.ts';
import { chartWord } from './words.ts';

const PARTS = [
  ['healed', '#0f8a6a'],
  ['noise', '#c77d0a'],
  ['other', '#5a7fa8'],
] as const;
const HEIGHT = 420;
const BASE = 356;
const TOP = 110;

/** A bar a day, stacked by how the incidents ended, with the number on it. */
export function trendSvg(spec: TrendSpec): string {
  const most = Math.max(1, ...spec.days.map((day) => day.healed + day.noise + day.other));
  const slot = (WIDE - 72) / Math.max(1, spec.days.length);
  const scale = (BASE - TOP) / most;
  const bars = spec.days.map((day, index) => {
    const x = 36 + index * slot + slot * 0.15;
    let y = BASE;
    const parts = PARTS.map(([name, colour]) => {
      const height = day[name] * scale;
      y -= height;
      return height === 0 ? '' : box(x, y, slot * 0.7, height, colour, '#ffffff');
    });
    const total = day.healed + day.noise + day.other;
    const middle = x + slot * 0.35;
    return [
      ...parts,
      total === 0 ? '' : words(String(total), middle, y - 8, { size: 16, bold: true, anchor: 'middle' }),
      words(new Date(day.dayMs).toISOString().slice(5, 10), middle, BASE + 26, { size: 14, colour: COLOURS.soft, anchor: 'middle' }),
    ].join('');
  });
  const legend = PARTS.map(
    ([name, colour], index) =>
      `${box(36 + index * 240, 58, 18, 18, colour)}${words(chartWord(spec.locale, name), 62 + index * 240, 73, { size: 15, colour: COLOURS.soft })}`,
  );
  return page(HEIGHT, [
    words(chartWord(spec.locale, 'trend', { n: spec.days.length }), 36, 40, { size: 22, bold: true }),
    ...legend,
    line(36, BASE, WIDE - 36, BASE, COLOURS.soft, 1),
    ...bars,
  ]);
}
