import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { Detector } from '../detect/detector.ts';
import type { Threshold } from '../detect/thresholds.ts';
import type { Anomaly } from '../domain/anomaly.ts';
import type { ChartSpec } from '../domain/chart.ts';
import { OpsError } from '../domain/errors.ts';
import type { MetricSeries } from '../domain/metric.ts';
import { silent, type Tell } from '../domain/step.ts';
import { type Recording, readRecording } from './csv.ts';

const CHART_POINTS_MAX = 3000;

export interface ReplayOptions {
  readonly thresholds?: readonly Threshold[];
  readonly tell?: Tell;
}
export interface ReplayAlert {
  readonly start: string; // ISO 8601
  readonly end: string | null; // null: still going on at the last point
  readonly severity: number;
  readonly method: Anomaly['method'];
  readonly reason: string;
}
export interface ReplayResult {
  readonly file: string;
  readonly points: number;
  readonly gaps: number; // rows without a value
  readonly passedOver: number; // rows not later than one before them
  readonly alerts: readonly ReplayAlert[];
  readonly anomalies: readonly Anomaly[];
  readonly spec: ChartSpec;
}

/**
 * Runs detection over a recorded metric (`timestamp,value`) as if its points came in one by one, and gives the alerts it would have
 * sent with a picture of them. Errors: OpsError('invalid_input') naming the line that cannot be read.
 */
export async function replayFile(path: string, options: ReplayOptions = {}): Promise<ReplayResult> {
  const file = basename(path);
  const recording = readRecording(await readText(path), file);
  const anomalies = detect(recording, file, options);
  const iso = (ms: number): string => new Date(ms).toISOString();
  const alerts = anomalies.map(({ startedAtMs, endedAtMs, severity, method, explanation }) => ({
    start: iso(startedAtMs),
    end: endedAtMs === null ? null : iso(endedAtMs),
    severity: Math.round(severity * 1000) / 1000,
    method,
    reason: explanation.text,
  }));
  const { gaps, outOfOrder, times } = recording;
  return { file, points: times.length, gaps, passedOver: outOfOrder, alerts, anomalies, spec: chart(recording, file, anomalies) };
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new OpsError('invalid_input', `The file ${path} cannot be read.`, 'Give the path of a CSV file with the columns timestamp and value.', {
      cause: error,
    });
  }
}

/** One point at a time with the clock at that point; between two points the clock looks for silence once. */
function detect(recording: Recording, file: string, { thresholds = [], tell = silent }: ReplayOptions): readonly Anomaly[] {
  const detector = new Detector({ thresholds });
  const found = new Map<string, Anomaly>();
  const series: Omit<MetricSeries, 'points'> = {
    ref: { namespace: 'Recording', name: file.replace(/\.csv$/i, ''), dimensions: {}, stat: 'Average' },
    resourceId: `recording/${file}`,
    unit: 'None',
    periodMs: 60_000,
  };
  for (const [row, timestampMs] of recording.times.entries()) {
    const value = recording.values[row] ?? Number.NaN;
    tell(row, recording.times.length);
    const before = detector.sweep(timestampMs - 1);
    const now = detector.observe({ ...series, points: [{ timestampMs, value }] }, timestampMs);
    for (const anomaly of [...before, ...now]) found.set(anomaly.id, anomaly);
  }
  return [...found.values()].sort((a, b) => a.startedAtMs - b.startedAtMs);
}

/** The picture: at most CHART_POINTS_MAX points, keeping of each stretch its lowest and highest. */
function chart({ times, values }: Recording, title: string, anomalies: readonly Anomaly[]): ChartSpec {
  const stretch = Math.max(1, Math.ceil((2 * times.length) / CHART_POINTS_MAX));
  const points: { timestampMs: number; value: number | null }[] = [];
  for (let from = 0; from < times.length; from += stretch) {
    const rows = Array.from({ length: Math.min(stretch, times.length - from) }, (_, index) => from + index).filter((row) => Number.isFinite(values[row]));
    const byValue = rows.toSorted((a, b) => (values[a] ?? 0) - (values[b] ?? 0));
    const kept = [...new Set([byValue[0], byValue.at(-1)])].filter((row) => row !== undefined).sort((a, b) => a - b);
    for (const row of kept) points.push({ timestampMs: times[row] ?? 0, value: values[row] ?? null });
    if (rows.length === 0) points.push({ timestampMs: times[from] ?? 0, value: null });
  }
  points.sort((a, b) => a.timestampMs - b.timestampMs);
  return {
    title,
    unit: 'None',
    series: [{ name: title, points }],
    band: anomalies.flatMap(({ startedAtMs, lastSeenAtMs, expected }) =>
      expected === null ? [] : [startedAtMs, lastSeenAtMs].map((timestampMs) => ({ timestampMs, low: expected.low, high: expected.high })),
    ),
    threshold: null,
    spans: anomalies.map(({ startedAtMs, endedAtMs, lastSeenAtMs, method }) => ({ fromMs: startedAtMs, toMs: endedAtMs ?? lastSeenAtMs, label: method })),
    markers: [],
  };
}
