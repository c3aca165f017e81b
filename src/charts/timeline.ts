import type { TimelineSpec } from '../domain/chart.ts';
import { COLOURS } from './annotations.ts';
import { line, page, WIDE, words } from './svg.ts';
import { chartLabel, chartWord } from './words.ts';

type Tone = TimelineSpec['events'][number]['tone'];
const TONES: Record<Tone, string> = { signal: COLOURS.anomaly, change: COLOURS.marker, loop: '#0b69a3', person: '#8d6b1a' };
const ROWS_MAX = 16;
const ROW = 36;
const TOP = 104;
const TRACK = { left: 840, right: 1160 };

/** One row an event: when, what sort (a shape and a word, not a colour alone), what, and where it lies in the whole time. */
export function timelineSvg(spec: TimelineSpec): string {
  const events = spec.events.toSorted((a, b) => a.atMs - b.atMs);
  const shown = events.slice(-ROWS_MAX);
  const left = events.length - shown.length;
  const fromMs = shown[0]?.atMs ?? 0;
  const toMs = Math.max(fromMs + 60_000, ...shown.map((one) => one.toMs ?? one.atMs));
  const x = (atMs: number): number => TRACK.left + ((Math.min(atMs, toMs) - fromMs) / (toMs - fromMs)) * (TRACK.right - TRACK.left);
  const rows = shown.map((event, index) => {
    const y = TOP + index * ROW;
    const colour = TONES[event.tone];
    const span = event.toMs === null ? '' : line(x(event.atMs), y - 5, Math.max(x(event.toMs), x(event.atMs) + 4), y - 5, colour, 8);
    return [
      line(36, y + 12, WIDE - 36, y + 12, COLOURS.grid, 1),
      words(clock(event.atMs), 36, y, { colour: COLOURS.soft, size: 15 }),
      shape(event.tone, 132, y - 5, colour),
      words(chartWord(spec.locale, event.tone), 152, y, { colour, size: 15, max: 90 }),
      words(chartLabel(spec.locale, event.label), 246, y, { max: 580 }),
      span,
      shape(event.tone, x(event.atMs), y - 5, colour),
    ].join('');
  });
  const height = TOP + Math.max(1, shown.length) * ROW + 8;
  return page(height, [
    words(chartWord(spec.locale, 'timeline', { title: spec.title }), 36, 42, { size: 22, bold: true, max: 1000 }),
    words(`${new Date(fromMs).toISOString().slice(0, 10)} UTC`, WIDE - 36, 42, { size: 15, colour: COLOURS.soft, anchor: 'end' }),
    left === 0 ? '' : words(chartWord(spec.locale, 'earlier', { n: left }), 246, 72, { size: 15, colour: COLOURS.soft }),
    ...rows,
    line(TRACK.left, 84, TRACK.left, height - 12, COLOURS.grid, 1),
    line(TRACK.right, 84, TRACK.right, height - 12, COLOURS.grid, 1),
  ]);
}

const clock = (atMs: number): string => new Date(atMs).toISOString().slice(11, 19);

function shape(tone: Tone, x: number, y: number, colour: string): string {
  if (tone === 'signal') return `<circle cx="${x}" cy="${y}" r="7" fill="${colour}"/>`;
  if (tone === 'change') return `<path d="M${x} ${y - 9}l9 9-9 9-9-9z" fill="${colour}"/>`;
  if (tone === 'loop') return `<rect x="${x - 7}" y="${y - 7}" width="14" height="14" rx="2" fill="${colour}"/>`;
  return `<path d="M${x} ${y - 9}l9 16h-18z" fill="${colour}"/>`;
}
