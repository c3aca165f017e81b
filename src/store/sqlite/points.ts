import { type MetricSeries, seriesKey } from '../../domain/metric.ts';
import type { TimeWindow } from '../../domain/ports.ts';
import { bucketOf, type LogRow } from '../rows.ts';
import type { Connection } from './connection.ts';

// The metric paths in SQLite: a prepared statement a point is what it does quickest.

export function append(db: Connection, list: readonly MetricSeries[]): number {
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

/** Points by series id, ascending; series without points are left out. */
export function points(db: Connection, buckets: readonly number[], ids: readonly number[], window: TimeWindow): ReadonlyMap<number, MetricSeries['points']> {
  const read = db.statement('SELECT ts, value FROM metric_point WHERE bucket = ? AND series_id = ? AND ts > ? AND ts <= ? ORDER BY ts').raw();
  const found = new Map<number, MetricSeries['points']>();
  for (const id of ids) {
    const list: MetricSeries['points'] = [];
    for (const bucket of buckets)
      for (const [timestampMs, value] of read.all(bucket, id, window.fromMs, window.toMs) as [number, number][]) list.push({ timestampMs, value });
    if (list.length > 0) found.set(id, list);
  }
  return found;
}

export function logged(db: Connection, after: number, limit: number, shards: readonly number[] | null): LogRow[] {
  if (shards !== null) {
    const ofShards = `SELECT seq, series_id, ts, value FROM metric_log JOIN series ON series.id = series_id
      WHERE seq > ? AND shard_of(resource_id) IN (SELECT value FROM json_each(?)) ORDER BY seq LIMIT ?`;
    return db.statement(ofShards).raw().all(after, JSON.stringify(shards), limit) as LogRow[];
  }
  return db.statement('SELECT seq, series_id, ts, value FROM metric_log WHERE seq > ? ORDER BY seq LIMIT ?').raw().all(after, limit) as LogRow[];
}

/** Rows of these series, in this order. */
export function named<Row>(db: Connection, columns: string, ids: Iterable<number>): Row[] {
  const read = db.statement(`SELECT ${columns} FROM series WHERE id = ?`);
  return [...ids].flatMap((id) => (read.get(id) as Row | undefined) ?? []);
}
