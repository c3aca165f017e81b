// Small helpers the repositories share.

/** What the store knows of a series, so that a tick needs no look-up for each of its points. */
export interface KnownSeries {
  readonly id: number;
  readonly resourceId: string;
  readonly unit: string;
  readonly periodMs: number;
}

/** A row of the log of points. */
export type LogRow = [seq: number, seriesId: number, ts: number, value: number];

const BUCKET_MS = 15 * 60_000;

/** The quarter of an hour a point is filed under. */
export const bucketOf = (atMs: number): number => Math.floor(atMs / BUCKET_MS);

/** The most rows one call gives, whatever was asked for. */
export const LIST_MAX = 10_000;

/** SQLite takes a negative LIMIT for "all"; nothing here is without a bound. */
export function bounded(limit: number, most: number = LIST_MAX): number {
  return Number.isNaN(limit) ? 0 : Math.max(0, Math.min(Math.floor(limit), most));
}

/** `INC-12` → 12; null for anything that is not exactly such a name. */
export function numberOf(prefix: 'INC' | 'PLAN', name: string): number | null {
  const match = /^(INC|PLAN)-([1-9]\d{0,14})$/.exec(name);
  return match !== null && match[1] === prefix ? Number(match[2]) : null;
}

/** A text as every database stores it: well-formed, and without the zero character that PostgreSQL knows not. */
export function plainText(text: string): string {
  const whole = text.toWellFormed();
  return whole.includes('\0') ? whole.replaceAll('\0', '\ufffd') : whole;
}

/** A patch over a row; a key that is there without a value changes nothing. */
export function patched<Row extends object>(row: Row, patch: Partial<Row> | undefined): Row {
  const given = Object.entries(patch ?? {}).filter(([, value]) => value !== undefined);
  return { ...row, ...(Object.fromEntries(given) as Partial<Row>) };
}

/** The filters that were given, as one WHERE clause and its values. */
export function where(...filters: readonly (readonly [clause: string, value: string | number | null | undefined])[]): {
  sql: string;
  values: (string | number)[];
} {
  const given = filters.flatMap(([clause, value]) => (value === undefined || value === null ? [] : [{ clause, value }]));
  return { sql: given.length === 0 ? '' : `WHERE ${given.map((each) => each.clause).join(' AND ')}`, values: given.map((each) => each.value) };
}

/** How many rows one step of a long clean-up takes, so that other writers get their turn in between. */
const PRUNE_STEP = 20_000;

/** Repeats a bounded DELETE until it finds nothing more; returns how many rows went. */
export async function untilNone(step: (limit: number) => Promise<number>): Promise<number> {
  let total = 0;
  for (;;) {
    const gone = await step(PRUNE_STEP);
    total += gone;
    if (gone < PRUNE_STEP) return total;
  }
}
