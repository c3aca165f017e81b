import type { CustomSeriesOption, EChartsOption, LineSeriesOption, XAXisComponentOption } from 'echarts';
import type { ChartSpec } from '../domain/chart.ts';
import { COLOURS, LINES, markers, noData, titles } from './annotations.ts';
import { FONT_FAMILY } from './fonts.ts';
import { PLOT, WIDTH } from './layout.ts';
import { type ValueAxis, valueAxis } from './scale.ts';
import { lineCells, lonely, type TimeRange, timeRange } from './series.ts';

const MAX_SPANS = 40;

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
    graphic: [...titles(shown, axis, range), ...(range === null ? [] : markers(shown, range)), ...(hasValue ? [] : [noData(spec.locale)])],
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
