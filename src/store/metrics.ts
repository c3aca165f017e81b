import type { MetricRef, MetricSeries } from '../domain/metric.ts';
import { seriesKey } from '../domain/metric.ts';
import type { TimeWindow } from '../domain/ports.ts';
import type { MetricRepository, SeriesInfo } from '../domain/store.ts';
import type { Connection } from './connection.ts';
import { bounded, untilNone } from './rows.ts';
import type { Session } from './session.ts';

const BUCKET_MS = 15 * 60_000;
const APPENDED_MAX = 1_000_000;

const bucketOf = (atMs: number): number => Math.floor(atMs / BUCKET_MS);

/** Points on the write path are trusted to have the domain's shape; only what SQLite cannot hold as a number (NaN, Infinity) is passed over. */
export const metrics = (session: Session): MetricRepository => ({
  append: (series) => session.write((db) => append(db, series)),
  describe: () => session.read((db) => db.all<SeriesRow>('SELECT * FROM series ORDER BY id').map(seriesInfo)),
  range: (keys, window) => session.read((db) => range(db, keys, window)),
  appendedSince: (after, limit) => session.read((db) => appendedSince(db, after, bounded(limit, APPENDED_MAX))),
  prune: async (beforeMs) => {
    await untilNone((limit) => session.write((db) => pruneLog(db, beforeMs, limit)));
    return untilNone((limit) => session.write((db) => prunePoints(db, beforeMs, limit)));
  },
});

interface SeriesRow {
  readonly id: number;
  readonly key: string;
  readonly ref: string;
  readonly resource_id: string;
  readonly unit: string;
  readonly period_ms: number;
}

const seriesInfo = (row: SeriesRow): SeriesInfo => ({
  key: row.key,
  ref: JSON.parse(row.ref) as MetricRef,
  resourceId: row.resource_id,
  unit: row.unit,
  periodMs: row.period_ms,
});

function withPoints(row: SeriesRow, points: MetricSeries['points']): MetricSeries {
  const { key: _key, ...info } = seriesInfo(row);
  return { ...info, points };
}

function append(db: Connection, list: readonly MetricSeries[]): number {
  const insert = db.statement('INSERT OR IGNORE INTO metric_point VALUES (?, ?, ?, ?)');
  const log = db.statement('INSERT INTO metric_log VALUES (?, ?, ?, ?)');
  const first = db.get<{ last: number }>('SELECT last FROM metric_sequence')?.last ?? 0;
  let last = first;
  for (const series of list) {
    const id = seriesId(db, series);
    for (const { timestampMs, value } of series.points) {
      if (!Number.isFinite(value) || !Number.isSafeInteger(timestampMs)) continue;
      if (insert.run(bucketOf(timestampMs), id, timestampMs, value).changes === 0) continue;
      last += 1;
      log.run(last, id, timestampMs, value);
    }
  }
  if (last > first) db.run('UPDATE metric_sequence SET last = ?', last);
  return last - first;
}

function seriesId(db: Connection, series: MetricSeries): number {
  const key = seriesKey(series.ref);
  const known = db.series.get(key);
  if (known !== undefined && known.resourceId === series.resourceId && known.unit === series.unit && known.periodMs === series.periodMs) return known.id;
  const row = db.get<{ id: number }>(
    `INSERT INTO series (key, ref, resource_id, unit, period_ms) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (key) DO UPDATE SET resource_id = excluded.resource_id, unit = excluded.unit, period_ms = excluded.period_ms RETURNING id`,
    key,
    JSON.stringify(series.ref),
    series.resourceId,
    series.unit,
    series.periodMs,
  );
  const id = row?.id ?? 0;
  db.series.set(key, { id, resourceId: series.resourceId, unit: series.unit, periodMs: series.periodMs });
  return id;
}

function range(db: Connection, keys: readonly string[], window: TimeWindow): readonly MetricSeries[] {
  const buckets = bucketsIn(db, window);
  const read = db.statement('SELECT ts, value FROM metric_point WHERE bucket = ? AND series_id = ? AND ts > ? AND ts <= ? ORDER BY ts').raw();
  return [...new Set(keys)].flatMap((key) => {
    const row = db.get<SeriesRow>('SELECT * FROM series WHERE key = ?', key);
    if (row === undefined) return [];
    const points: MetricSeries['points'] = [];
    for (const bucket of buckets)
      for (const [timestampMs, value] of read.all(bucket, row.id, window.fromMs, window.toMs) as [number, number][]) points.push({ timestampMs, value });
    return points.length === 0 ? [] : [withPoints(row, points)];
  });
}

/** The buckets of the window that hold anything, each found by one seek: a wide window costs no more than what is kept. */
function bucketsIn(db: Connection, window: TimeWindow): readonly number[] {
  const rows = db.all<{ bucket: number | null }>(
    `WITH RECURSIVE found (bucket) AS (
       SELECT min(bucket) FROM metric_point WHERE bucket >= ?
       UNION ALL SELECT (SELECT min(bucket) FROM metric_point WHERE bucket > found.bucket) FROM found WHERE found.bucket < ?
     ) SELECT bucket FROM found WHERE bucket <= ?`,
    bucketOf(window.fromMs),
    bucketOf(window.toMs),
    bucketOf(window.toMs),
  );
  return rows.flatMap((row) => (row.bucket === null ? [] : [row.bucket]));
}

function appendedSince(db: Connection, after: number, limit: number): { readonly series: readonly MetricSeries[]; readonly sequence: number } {
  const rows = db.statement('SELECT seq, series_id, ts, value FROM metric_log WHERE seq > ? ORDER BY seq LIMIT ?').raw().all(after, limit) as LogRow[];
  const points = new Map<number, MetricSeries['points']>();
  for (const [, id, timestampMs, value] of rows) {
    const list = points.get(id);
    if (list === undefined) points.set(id, [{ timestampMs, value }]);
    else list.push({ timestampMs, value });
  }
  const series = [...points].flatMap(([id, list]) => {
    const row = db.get<SeriesRow>('SELECT * FROM series WHERE id = ?', id);
    return row === undefined
      ? []
      : [
          withPoints(
            row,
            list.sort((a, b) => a.timestampMs - b.timestampMs),
          ),
        ];
  });
  return { series, sequence: rows.at(-1)?.[0] ?? after };
}
type LogRow = [seq: number, seriesId: number, ts: number, value: number];

function prunePoints(db: Connection, beforeMs: number, limit: number): number {
  return db.run(
    `DELETE FROM metric_point WHERE (bucket, series_id, ts) IN
       (SELECT bucket, series_id, ts FROM metric_point WHERE bucket <= ? AND ts < ? LIMIT ?)`,
    bucketOf(beforeMs),
    beforeMs,
    limit,
  );
}

/** The log goes from its start, up to the first point that is kept: an old point that came late stays until those before it go. */
function pruneLog(db: Connection, beforeMs: number, limit: number): number {
  const oldest = 'SELECT seq, ts FROM metric_log ORDER BY seq LIMIT ?';
  const found = db.get<{ last: number | null; kept: number | null }>(
    `SELECT max(seq) AS last, min(seq) FILTER (WHERE ts >= ?) AS kept FROM (${oldest})`,
    beforeMs,
    limit,
  );
  return db.run('DELETE FROM metric_log WHERE seq < ?', found?.kept ?? (found?.last ?? 0) + 1);
}
