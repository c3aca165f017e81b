import type { EChartsOption } from 'echarts';
import type { ChartSpec } from '../domain/chart.ts';
import { formatQuantity } from '../domain/quantity.ts';
import { FONT_FAMILY } from './fonts.ts';
import { fitted, LABEL_FONT_SIZE, LABEL_ROW_HEIGHT, PLOT, placeLabels, textWidth } from './layout.ts';
import type { ValueAxis } from './scale.ts';
import type { TimeRange } from './series.ts';
import { chartLabel, chartWord } from './words.ts';

// On an own light card, so that it reads the same in Slack's light and dark themes. Hues differ in lightness too.
export const COLOURS = {
  ink: '#1f2933',
  soft: '#52606d',
  grid: '#e4e7eb',
  band: '#9fb3c8',
  anomaly: '#d64545',
  threshold: '#b44d12',
  marker: '#6b4fbb',
} as const;
export const LINES = ['#0b69a3', '#0f8a6a', '#a23b8f', '#8d6b1a', '#3b5bdb', '#5c5c5c'] as const;
const MAX_MARKERS = 60;
const MORE_WIDTH = 120;

type Graphic = Extract<EChartsOption['graphic'], unknown[]>[number];

const text = (content: string, left: number, top: number, fontSize: number, colour: string, bold = false): Graphic => ({
  type: 'text',
  left,
  top,
  silent: true,
  z: 8,
  style: { text: content, fill: colour, fontFamily: FONT_FAMILY, fontSize, fontWeight: bold ? 'bold' : 'normal', backgroundColor: '#ffffff' },
});

/** The title and, under it, one key for each thing the picture shows. */
export function titles(spec: ChartSpec, axis: ValueAxis, range: TimeRange | null): Graphic[] {
  const { threshold } = spec;
  const word = (name: Parameters<typeof chartWord>[1], values = {}): string => chartWord(spec.locale, name, values);
  const limit =
    threshold === null ? null : `${word('threshold', { value: formatQuantity(threshold, spec.unit) })}${axis.showsThreshold ? '' : word('offChart')}`;
  const keys: { readonly name: string; readonly colour: string; readonly shape: 'line' | 'dashes' | 'area' }[] = [
    ...spec.series.map((one, index) => ({ name: one.name, colour: LINES[index] ?? COLOURS.ink, shape: 'line' as const })),
    ...(spec.band.length > 1 ? [{ name: word('normal'), colour: COLOURS.band, shape: 'area' as const }] : []),
    ...(limit === null ? [] : [{ name: limit, colour: COLOURS.threshold, shape: 'dashes' as const }]),
    ...spanKeys(spec),
  ];
  const days = range === null ? '' : daysOf(range);
  const daysLeft = PLOT.right - textWidth(days, 15);
  const elements: Graphic[] = [text(fitted(spec.title, daysLeft - 60, 22), 36, 18, 22, COLOURS.ink, true), text(days, daysLeft, 22, 15, COLOURS.soft)];
  let left = 36;
  for (const key of keys) {
    const name = fitted(key.name, 340, 15);
    if (left + 40 + textWidth(name, 15) > PLOT.right - MORE_WIDTH) break;
    elements.push(swatch(key.shape, key.colour, left), text(name, left + 36, 56, 15, COLOURS.soft));
    left += 36 + textWidth(name, 15) + 26;
  }
  return elements;
}

/** `2026-11-24`, or the first and the last day: the axis names days only where one begins. */
function daysOf({ fromMs, toMs }: TimeRange): string {
  const [from, to] = [fromMs, toMs].map((atMs) => new Date(atMs).toISOString().slice(0, 10));
  return from === to ? `${from}` : `${from} – ${to}`;
}

function spanKeys(spec: ChartSpec): { name: string; colour: string; shape: 'area' }[] {
  const names = [...new Set(spec.spans.map((span) => chartLabel(spec.locale, span.label || 'anomaly')))].slice(0, 2);
  return names.map((name) => ({ name, colour: COLOURS.anomaly, shape: 'area' }));
}

function swatch(shape: 'line' | 'dashes' | 'area', colour: string, left: number): Graphic {
  if (shape === 'area') return { type: 'rect', silent: true, shape: { x: left, y: 57, width: 26, height: 14 }, style: { fill: colour, opacity: 0.4 } };
  const dash = shape === 'dashes' ? { lineDash: [7, 4] } : {};
  return { type: 'line', silent: true, shape: { x1: left, y1: 64, x2: left + 26, y2: 64 }, style: { stroke: colour, lineWidth: 3, ...dash } };
}

/** A line for each change or action, with words above the plot where there is room for them. */
export function markers(spec: ChartSpec, range: TimeRange): Graphic[] {
  const width = PLOT.right - PLOT.left;
  const inside = spec.markers.filter((marker) => marker.atMs >= range.fromMs && marker.atMs <= range.toMs).slice(0, MAX_MARKERS);
  const placed = inside.map((marker) => ({
    label: chartLabel(spec.locale, marker.label),
    x: PLOT.left + ((marker.atMs - range.fromMs) / (range.toMs - range.fromMs)) * width,
  }));
  const { labels, unnamed } = placeLabels(placed);
  const top = (row: number): number => PLOT.top - 4 - (row + 1) * LABEL_ROW_HEIGHT;
  const rowAt = new Map(labels.map((label) => [label.x, label.row]));
  const strokes = placed.map(({ x }): Graphic => {
    const row = rowAt.get(x);
    const y1 = row === undefined ? PLOT.top - 4 : top(row) + LABEL_ROW_HEIGHT - 3;
    return {
      type: 'line',
      silent: true,
      z: 6,
      shape: { x1: x, y1, x2: x, y2: PLOT.bottom },
      style: { stroke: COLOURS.marker, lineWidth: 1.5, lineDash: [3, 3] },
    };
  });
  const words = labels.map((label) => text(label.text, label.left, top(label.row), LABEL_FONT_SIZE, COLOURS.marker));
  return [
    ...strokes,
    ...words,
    ...(unnamed === 0 ? [] : [text(chartWord(spec.locale, 'moreChanges', { n: unnamed }), PLOT.right - MORE_WIDTH, 56, 15, COLOURS.marker)]),
  ];
}

export function noData(locale: ChartSpec['locale']): Graphic {
  return text(chartWord(locale, 'noData'), (PLOT.left + PLOT.right) / 2 - 110, (PLOT.top + PLOT.bottom) / 2 - 12, 20, COLOURS.soft);
}
