import { parse } from 'csv-parse/sync';
import { OpsError } from '../domain/errors.ts';

/** One recorded metric, in the order of the file. `values` holds NaN where the file had none; `labels` is null without that column. */
export interface Recording {
  readonly times: Float64Array; // epoch ms
  readonly values: Float64Array;
  readonly labels: Uint8Array | null;
  readonly written: readonly string[]; // the times as the file has them
  readonly gaps: number; // rows without a value
  readonly outOfOrder: number; // rows not later than one before them
}

const ROWS_MAX = 5_000_000;
const EMPTY = new Set(['', 'nan', 'null', 'na', 'n/a', '-']);

/** Epoch ms of ISO 8601, `YYYY-MM-DD HH:MM:SS` (taken as UTC), or unix seconds or ms; NaN when it is none of these. */
export function parseTime(text: string): number {
  const trimmed = text.trim();
  if (/^\d{1,17}(\.\d+)?$/.test(trimmed)) {
    const number = Number(trimmed);
    if (number < 1e8) return Number.NaN; // a row number, not a time
    return Math.round(number < 1e11 ? number * 1000 : number);
  }
  const match = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)\s*(Z|[+-]\d{2}:?\d{2})?$/.exec(trimmed);
  if (match !== null) return Date.parse(`${match[1]}T${match[2]}${match[3] ?? 'Z'}`);
  return /^\d{4}-\d{2}-\d{2}$/.test(trimmed) ? Date.parse(`${trimmed}T00:00:00Z`) : Number.NaN;
}

/**
 * Reads `timestamp,value[,label]` with a header row. Gaps and rows out of order are kept and counted; text where a number
 * or time should be, missing columns or no rows are OpsError('invalid_input') naming the line.
 */
export function readRecording(text: string, file: string): Recording {
  const { header, rows } = split(text, file);
  const [timeAt, valueAt, labelAt] = ['timestamp', 'value', 'label'].map((name) => header.indexOf(name)) as [number, number, number];
  if (timeAt < 0 || valueAt < 0) throw refuse(file, 1, 'has no columns named timestamp and value', 'Start the file with the line: timestamp,value');
  if (rows.length === 0) throw refuse(file, 2, 'is missing: the file has no rows', 'Export the metric again with at least one point.');
  if (rows.length > ROWS_MAX) throw refuse(file, ROWS_MAX, `is the last that can be read; the file has ${rows.length}`, 'Split the file.');
  const times = new Float64Array(rows.length);
  const values = new Float64Array(rows.length);
  const labels = labelAt < 0 ? null : new Uint8Array(rows.length);
  const written: string[] = new Array(rows.length);
  let [gaps, outOfOrder, newest] = [0, 0, Number.NEGATIVE_INFINITY];
  for (const [index, { record, line }] of rows.entries()) {
    const at = record[timeAt] ?? '';
    const time = parseTime(at);
    if (Number.isNaN(time)) throw refuse(file, line, `has no time in "${short(at)}"`, 'Write times as 2026-01-31T12:00:00Z or unix seconds.');
    const value = parseValue(record[valueAt] ?? '');
    if (value === undefined) throw refuse(file, line, `has no number in "${short(record[valueAt] ?? '')}"`, 'Leave the value empty where there is none.');
    if (Number.isNaN(value)) gaps += 1;
    if (time <= newest) outOfOrder += 1;
    newest = Math.max(newest, time);
    times[index] = time;
    values[index] = value;
    written[index] = at;
    if (labels !== null) labels[index] = Number(record[labelAt]) > 0 ? 1 : 0;
  }
  return { times, values, labels, written, gaps, outOfOrder };
}

function split(text: string, file: string): { header: readonly string[]; rows: readonly { record: readonly string[]; line: number }[] } {
  try {
    const all = parse(text, { bom: true, skip_empty_lines: true, relax_column_count: true, trim: true, info: true }) as unknown as {
      record: string[];
      info: { lines: number };
    }[];
    const header = (all[0]?.record ?? []).map((name) => name.toLowerCase());
    return { header, rows: all.slice(1).map(({ record, info }) => ({ record, line: info.lines })) };
  } catch (error) {
    const line = (error as { lines?: number }).lines ?? 1;
    throw refuse(file, line, 'is not valid CSV', 'Check the quotes and commas there.', error);
  }
}

/** NaN for "no value here", undefined for something that is no number. */
function parseValue(text: string): number | undefined {
  if (EMPTY.has(text.toLowerCase())) return Number.NaN;
  const value = Number(text);
  return Number.isFinite(value) ? value : undefined;
}

const short = (text: string): string => (text.length > 40 ? `${text.slice(0, 40)}…` : text);

function refuse(file: string, line: number, what: string, hint: string, cause?: unknown): OpsError {
  return new OpsError('invalid_input', `${file}: line ${line} ${what}.`, hint, cause === undefined ? {} : { cause });
}
