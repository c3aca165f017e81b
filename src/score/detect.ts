import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { PAGE } from '../detect/page.ts';
import { StatePool } from '../detect/pool.ts';
import { newReading } from '../detect/step.ts';
import { TUNING } from '../detect/tuning.ts';
import { createWatch, type Watch } from '../detect/watch.ts';
import { OpsError } from '../domain/errors.ts';
import { silent, type Tell } from '../domain/step.ts';
import { parseTime, type Recording, readRecording } from '../replay/csv.ts';
import { NAB_PROFILES, nabScore } from './nab.ts';
import { delayF1, eventF1, eventF1At, type LabelledFile, segmentsOf } from './segments.ts';
import { vusPr } from './vus.ts';

const WindowsSchema = z.record(z.string(), z.array(z.tuple([z.string(), z.string()])));
const VUS_WINDOW_MAX = 20;
const DAY_MS = 86_400_000;
const SPEED_POINTS = 2_000_000;
const SPEED_PASSES_MAX = 100;

/** One series and what the detector said, row for row. */
interface Scored {
  readonly file: string;
  readonly recording: Recording;
  readonly score: Float64Array;
  readonly severity: Float64Array;
  readonly alert: Uint8Array;
}

export interface DetectScores {
  readonly series: number;
  readonly points: number;
  readonly points_per_second: number;
  readonly nab: { readonly standard: number; readonly low_fp: number; readonly low_fn: number; readonly thresholds: Record<string, number> } | null;
  readonly ops: { readonly delay_f1: number; readonly event_f1: number; readonly vus_pr: number } | null;
  readonly alert: { readonly event_f1: number; readonly false_pages_per_metric_day: number } | null;
}

/**
 * Scores the shipped detector on a folder (docs/scoring/detection.md). `out` writes what it said, one CSV a series.
 * Errors: OpsError('invalid_input') when the folder or a file in it cannot be read.
 */
export async function scoreDetect(
  dir: string,
  options: { readonly out?: string | undefined; readonly tell?: Tell } = {},
): Promise<{ json: DetectScores; table: string }> {
  const recordings = readSeries(dir);
  const watch = createWatch(TUNING);
  const { tell = silent } = options;
  const scored = recordings.map(([file, recording], index) => {
    tell(index, recordings.length);
    return runOver(watch, file, recording);
  });
  if (options.out !== undefined) writeOut(options.out, scored);
  const windows = readWindows(dir);
  const labelled = scored.every(({ recording }) => recording.labels !== null);
  const json: DetectScores = {
    series: scored.length,
    points: scored.reduce((sum, { score }) => sum + score.length, 0),
    points_per_second: speed(watch, recordings),
    nab: windows === null ? null : nab(scored, windows),
    ops: labelled ? ops(scored) : null,
    alert: labelled ? alerts(scored) : null,
  };
  return { json, table: table(json) };
}

function readSeries(dir: string): readonly (readonly [string, Recording])[] {
  const folder = join(dir, 'series');
  if (!existsSync(folder)) throw new OpsError('invalid_input', `There is no folder ${folder}.`, 'Give a folder that holds series/*.csv.');
  const files = readdirSync(folder)
    .filter((file) => file.endsWith('.csv'))
    .sort();
  if (files.length === 0) throw new OpsError('invalid_input', `${folder} holds no .csv file.`, 'Give a folder that holds series/*.csv.');
  return files.map((file) => [file, readRecording(readFileSync(join(folder, file), 'utf8'), file)]);
}

function readWindows(dir: string): z.infer<typeof WindowsSchema> | null {
  const path = join(dir, 'windows.json');
  if (!existsSync(path)) return null;
  try {
    return WindowsSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (error) {
    throw new OpsError('invalid_input', `${path} is not a map of files to label windows.`, 'Write {"file.csv": [["start", "end"]]}.', { cause: error });
  }
}

/** The detector over one series, one row at a time. A row it passes over (late, no value) keeps the severity before it. */
function runOver(watch: Watch, file: string, recording: Recording): Scored {
  const { times, values } = recording;
  const slot = new StatePool().add();
  const reading = newReading();
  const rows = times.length;
  const [score, severity, alert] = [new Float64Array(rows), new Float64Array(rows), new Uint8Array(rows)];
  for (let row = 0; row < rows; row += 1) {
    severity[row] = severity[row - 1] ?? 0;
    const value = values[row] ?? Number.NaN;
    if (!Number.isFinite(value)) continue;
    const decision = watch(slot, times[row] ?? 0, value, null, 1, false, reading);
    if (!reading.accepted) continue;
    severity[row] = reading.severity;
    score[row] = reading.score;
    alert[row] = decision === PAGE.began ? 1 : 0;
  }
  return { file, recording, score, severity, alert };
}

function writeOut(dir: string, scored: readonly Scored[]): void {
  mkdirSync(dir, { recursive: true });
  for (const { file, recording, score, severity, alert } of scored) {
    const rows = recording.written.map((time, row) => {
      const value = recording.values[row] ?? Number.NaN;
      return `${time},${Number.isNaN(value) ? '' : value},${score[row]?.toFixed(6)},${severity[row]?.toFixed(6)},${alert[row]}`;
    });
    writeFileSync(join(dir, file), `timestamp,value,anomaly_score,severity,alert\n${rows.join('\n')}\n`);
  }
}

function nab(scored: readonly Scored[], windows: z.infer<typeof WindowsSchema>): NonNullable<DetectScores['nab']> {
  const files = scored.map(({ file, recording, score }) => ({
    scores: score,
    windows: (windows[file] ?? []).flatMap(([from, to]) => {
      const first = recording.times.findIndex((time) => time >= parseTime(from));
      const last = recording.times.findLastIndex((time) => time <= parseTime(to));
      return first < 0 || last < first ? [] : [[first, last] as const];
    }),
  }));
  const [standard, lowFp, lowFn] = [NAB_PROFILES.standard, NAB_PROFILES.low_fp, NAB_PROFILES.low_fn].map((profile) => nabScore(files, profile));
  const thresholds = { standard: standard?.threshold ?? 0, low_fp: lowFp?.threshold ?? 0, low_fn: lowFn?.threshold ?? 0 };
  return { standard: standard?.score ?? 0, low_fp: lowFp?.score ?? 0, low_fn: lowFn?.score ?? 0, thresholds };
}

function labelledFile({ recording }: Scored, scores: ArrayLike<number>): LabelledFile {
  const steps = recording.times.subarray(1).map((time, row) => time - (recording.times[row] ?? 0));
  steps.sort();
  return { scores, segments: segmentsOf(recording.labels ?? []), stepMs: steps[Math.floor(steps.length / 2)] ?? 60_000 };
}

function ops(scored: readonly Scored[]): NonNullable<DetectScores['ops']> {
  const files = scored.map((one) => labelledFile(one, one.severity));
  const volumes = scored.map(({ recording, severity }) => vusPr(recording.labels ?? new Uint8Array(), severity, VUS_WINDOW_MAX)).filter(Number.isFinite);
  const mean = volumes.reduce((sum, volume) => sum + volume, 0) / Math.max(1, volumes.length);
  return { delay_f1: delayF1(files), event_f1: eventF1(files), vus_pr: mean };
}

function alerts(scored: readonly Scored[]): NonNullable<DetectScores['alert']> {
  const files = scored.map((one) => labelledFile(one, one.alert));
  let [falsePages, days] = [0, 0];
  for (const { recording, alert } of scored) {
    for (const [row, page] of alert.entries()) if (page === 1 && recording.labels?.[row] !== 1) falsePages += 1;
    days += ((recording.times.at(-1) ?? 0) - (recording.times[0] ?? 0)) / DAY_MS;
  }
  return { event_f1: eventF1At(files, 1), false_pages_per_metric_day: falsePages / Math.max(days, 1e-9) };
}

/** Points a second of processor time over these series (a shared machine's clock also counts what others do): the best pass of several. */
function speed(watch: Watch, recordings: readonly (readonly [string, Recording])[]): number {
  const all = recordings.reduce((sum, [, { times }]) => sum + times.length, 0);
  let best = 0;
  for (let points = 0, pass = 0; points < SPEED_POINTS && pass < SPEED_PASSES_MAX; points += all, pass += 1) {
    const before = process.cpuUsage();
    for (const [file, recording] of recordings) runOver(watch, file, recording);
    const { user, system } = process.cpuUsage(before);
    best = Math.max(best, all / ((user + system) / 1e6));
  }
  return best;
}

function table(json: DetectScores): string {
  const rows: [string, number | undefined][] = [
    ['NAB standard', json.nab?.standard],
    ['NAB reward low FP', json.nab?.low_fp],
    ['NAB reward low FN', json.nab?.low_fn],
    ['delay F1', json.ops?.delay_f1],
    ['event F1', json.ops?.event_f1],
    ['VUS-PR', json.ops?.vus_pr],
    ['event F1 of pages', json.alert?.event_f1],
    ['false pages a metric-day', json.alert?.false_pages_per_metric_day],
    ['million points a second', json.points_per_second / 1e6],
  ];
  const lines = rows.flatMap(([name, value]) => (value === undefined ? [] : [`${name.padEnd(26)}${value.toFixed(3).padStart(9)}`]));
  return [`${json.series} series, ${json.points} points`, ...lines].join('\n');
}

export { prepare } from './prepare.ts';
