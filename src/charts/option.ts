import type { CustomSeriesOption, EChartsOption, LineSeriesOption, XAXisComponentOption } from 'echarts';
import type { ChartSpec } from '../domain/chart.ts';
import { formatQuantity } from '../domain/quantity.ts';
import { FONT_FAMILY } from './fonts.ts';
import { fitted, LABEL_FONT_SIZE, LABEL_ROW_HEIGHT, PLOT, placeLabels, textWidth, WIDTH } from './layout.ts';
import { type ValueAxis, valueAxis } from './scale.ts';
import { lineCells, lonely, type TimeRange, timeRange } from './series.ts';

// On an own light card, so that it reads the same in Slack's light and dark themes. Hues differ in lightness too.
const COLOURS = { ink: '#1f2933', soft: '#52606d', grid: '#e4e7eb', band: '#9fb3c8', anomaly: '#d64545', threshold: '#b44d12', marker: '#6b4fbb' } as const;
const LINES = ['#0b69a3', '#0f8a6a', '#a23b8f', '#8d6b1a', '#3b5bdb', '#5c5c5c'] as const;
const MAX_SPANS = 40;
const MAX_MARKERS = 60;

type Graphic = Extract<EChartsOption['graphic'], unknown[]>[number];

/** The whole picture as ECharts sees it. Pure: the same spec gives the same picture. */
export function chartOption(spec: ChartSpec): EChartsOption {
  const range = timeRange(spec);
  const axis = valueAxis(spec);
  const top = spec.markers.length === 0 ? PLOT.topBare : PLOT.top;
  const hasValue = spec.series.some((one) => one.points.some((point) => point.value !== null && Number.isFinite(point.value)));
  const shown = { ...spec, series: spec.series.slice(0, LINES.length) };
  return {
    animation: false,
    backgroundColor: '#ffffff',
    useUTC: true,
    textStyle: { fontFamily: FONT_FAMILY, color: COLOURS.ink },
    grid: { left: PLOT.left, right: WIDTH - PLOT.right, top, height: PLOT.bottom - top, containLabel: false },
    xAxis: timeAxis(range),
    yAxis: {
      type: 'value',
      min: axis.min,
      max: axis.max,
      interval: axis.step,
      axisLabel: { formatter: axis.label, color: COLOURS.soft, fontSize: 15 },
      splitLine: { lineStyle: { color: COLOURS.grid } },
    },
    series: [...band(shown), ...lines(shown, axis)],
    graphic: [...titles(shown, axis), ...(range === null ? [] : markers(shown, range)), ...(hasValue ? [] : [noData()])],
  };
}

const DAY_MS = 86_400_000;
const two = (n: number): string => String(n).padStart(2, '0');

/** `11-24` at midnight, else `03:20`; both when the picture spans days. */
function timeLabel(atMs: number, range: TimeRange): string {
  const time = new Date(atMs);
  const day = `${two(time.getUTCMonth() + 1)}-${two(time.getUTCDate())}`;
  if (atMs % DAY_MS === 0) return day;
  const clock = `${two(time.getUTCHours())}:${two(time.getUTCMinutes())}`;
  return range.toMs - range.fromMs > 2 * DAY_MS ? `${day} ${clock}` : clock;
}

function timeAxis(range: TimeRange | null): XAXisComponentOption {
  const shown = range ?? { fromMs: 0, toMs: DAY_MS };
  return {
    type: 'time',
    show: range !== null,
    min: shown.fromMs,
    max: shown.toMs,
    name: 'UTC',
    nameLocation: 'end',
    nameGap: 6,
    nameTextStyle: { color: COLOURS.soft, fontSize: 13, verticalAlign: 'top', padding: [10, 0, 0, 0] },
    axisLine: { onZero: false, lineStyle: { color: COLOURS.soft } },
    axisLabel: { color: COLOURS.soft, fontSize: 15, hideOverlap: true, formatter: (value: number) => timeLabel(value, shown) },
    splitLine: { show: false },
    splitNumber: 8,
  };
}

/** The normal range, as one polygon a stretch without holes. */
function band(spec: ChartSpec): CustomSeriesOption[] {
  const points = spec.band.filter((point) => Number.isFinite(point.low) && Number.isFinite(point.high)).toSorted((a, b) => a.timestampMs - b.timestampMs);
  if (points.length < 2) return [];
  const low = points.map((point) => [point.timestampMs, point.low] as const);
  const high = points.map((point) => [point.timestampMs, point.high] as const).toReversed();
  return [
    {
      type: 'custom',
      name: 'band',
      silent: true,
      clip: true,
      z: 1,
      data: [[points[0]?.timestampMs ?? 0, 0]],
      renderItem: (_params, api) => ({
        type: 'polygon',
        shape: { points: [...low, ...high].map((point) => api.coord([...point])) },
        style: { fill: COLOURS.band, opacity: 0.35 },
      }),
    },
  ];
}

function lines(spec: ChartSpec, axis: ValueAxis): LineSeriesOption[] {
  const inAnomaly = (time: number): boolean => spec.spans.some((span) => time >= span.fromMs && time <= span.toMs);
  return spec.series.flatMap((one, index): LineSeriesOption[] => {
    const cells = lineCells(one.points);
    const alone = lonely(cells);
    const line = (colour: string): LineSeriesOption => ({
      type: 'line',
      connectNulls: false,
      showSymbol: true,
      symbol: 'circle',
      symbolSize: (_value, params) => (alone.has(params.dataIndex) ? 9 : 0),
      lineStyle: { color: colour, width: 2.5 },
      itemStyle: { color: colour },
      clip: true,
    });
    const main: LineSeriesOption = { ...line(LINES[index % LINES.length] ?? COLOURS.ink), data: cells, z: 3 };
    if (index > 0) return [main];
    const sick = cells.map(([time, value], at) => [time, value !== null && nearAnomaly(cells, at, inAnomaly) ? value : null]);
    return [
      { ...main, ...marks(spec, axis) },
      { ...line(COLOURS.anomaly), lineStyle: { color: COLOURS.anomaly, width: 3.5 }, data: sick, z: 4 },
    ];
  });
}

/** A segment is red when either end lies in an anomaly, so that a spike of one point is red too. */
function nearAnomaly(cells: readonly (readonly [number, number | null])[], at: number, inAnomaly: (time: number) => boolean): boolean {
  return [cells[at - 1], cells[at], cells[at + 1]].some((cell) => cell !== undefined && cell[1] !== null && inAnomaly(cell[0]));
}

function marks(spec: ChartSpec, axis: ValueAxis): Pick<LineSeriesOption, 'markArea' | 'markLine'> {
  const { threshold } = spec;
  return {
    markArea: {
      silent: true,
      itemStyle: { color: COLOURS.anomaly, opacity: 0.12 },
      data: spec.spans.slice(0, MAX_SPANS).map((span) => [{ xAxis: span.fromMs }, { xAxis: span.toMs }]),
    },
    ...(threshold === null || !axis.showsThreshold
      ? {}
      : {
          markLine: {
            silent: true,
            symbol: 'none',
            label: { show: false },
            lineStyle: { color: COLOURS.threshold, type: [10, 5], width: 2 },
            data: [{ yAxis: threshold }],
          },
        }),
  };
}

const text = (content: string, left: number, top: number, fontSize: number, colour: string, bold = false): Graphic => ({
  type: 'text',
  left,
  top,
  silent: true,
  z: 8,
  style: { text: content, fill: colour, fontFamily: FONT_FAMILY, fontSize, fontWeight: bold ? 'bold' : 'normal', backgroundColor: '#ffffff' },
});

/** The title and, under it, one key for each thing the picture shows. */
function titles(spec: ChartSpec, axis: ValueAxis): Graphic[] {
  const { threshold } = spec;
  const limit = threshold === null ? null : `threshold ${formatQuantity(threshold, spec.unit)}${axis.showsThreshold ? '' : ' (off the chart)'}`;
  const keys: { readonly name: string; readonly colour: string; readonly shape: 'line' | 'dashes' | 'area' }[] = [
    ...spec.series.map((one, index) => ({ name: one.name, colour: LINES[index] ?? COLOURS.ink, shape: 'line' as const })),
    ...(spec.band.length > 1 ? [{ name: 'normal range', colour: COLOURS.band, shape: 'area' as const }] : []),
    ...(limit === null ? [] : [{ name: limit, colour: COLOURS.threshold, shape: 'dashes' as const }]),
    ...spanKeys(spec),
  ];
  const elements: Graphic[] = [text(fitted(spec.title, PLOT.right - 36, 22), 36, 18, 22, COLOURS.ink, true)];
  let left = 36;
  for (const key of keys) {
    const name = fitted(key.name, 340, 15);
    if (left + 40 + textWidth(name, 15) > PLOT.right) break;
    elements.push(swatch(key.shape, key.colour, left), text(name, left + 36, 56, 15, COLOURS.soft));
    left += 36 + textWidth(name, 15) + 26;
  }
  return elements;
}

const DIRECTIONS: Readonly<Record<string, string>> = { up: 'too high', down: 'too low', flat: 'stuck', missing: 'no data', '': 'anomaly' };

function spanKeys(spec: ChartSpec): { name: string; colour: string; shape: 'area' }[] {
  const names = [...new Set(spec.spans.map((span) => DIRECTIONS[span.label] ?? span.label))].slice(0, 2);
  return names.map((name) => ({ name, colour: COLOURS.anomaly, shape: 'area' }));
}

function swatch(shape: 'line' | 'dashes' | 'area', colour: string, left: number): Graphic {
  if (shape === 'area') return { type: 'rect', silent: true, shape: { x: left, y: 57, width: 26, height: 14 }, style: { fill: colour, opacity: 0.4 } };
  const dash = shape === 'dashes' ? { lineDash: [7, 4] } : {};
  return { type: 'line', silent: true, shape: { x1: left, y1: 64, x2: left + 26, y2: 64 }, style: { stroke: colour, lineWidth: 3, ...dash } };
}

/** A line for each change or action, with words above the plot where there is room for them. */
function markers(spec: ChartSpec, range: TimeRange): Graphic[] {
  const width = PLOT.right - PLOT.left;
  const inside = spec.markers.filter((marker) => marker.atMs >= range.fromMs && marker.atMs <= range.toMs).slice(0, MAX_MARKERS);
  const placed = inside.map((marker) => ({
    label: marker.label.replaceAll('_', ' '),
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
  return [...strokes, ...words, ...(unnamed === 0 ? [] : [text(`+ ${unnamed} more`, PLOT.right - 70, 22, 14, COLOURS.marker)])];
}

function noData(): Graphic {
  return text('No data in this window', (PLOT.left + PLOT.right) / 2 - 110, (PLOT.top + PLOT.bottom) / 2 - 12, 20, COLOURS.soft);
}
