import { type MetricSeries, seriesKey } from '../../domain/metric.ts';
import type { TimeWindow } from '../../domain/ports.ts';
import { bucketOf, type KnownSeries, type LogRow } from '../rows.ts';
import type { Connection } from './connection.ts';

// The metric paths in PostgreSQL: whole arrays in one statement, because each statement is a way to the server and back.

/** Files what is new in the order it was given, and numbers it on from the last; the lane `metrics` keeps the numbers in order. */
const APPEND = `WITH given AS (
    SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::float8[]) WITH ORDINALITY AS g (bucket, series_id, ts, value, place)
  ), fresh AS (
    INSERT INTO metric_point (bucket, series_id, ts, value) SELECT bucket, series_id, ts, value FROM given ORDER BY place ON CONFLICT DO NOTHING RETURNING series_id, ts, value
  ), numbered AS (
    SELECT series_id, ts, f.value, row_number() OVER (ORDER BY min(place)) + (SELECT last FROM metric_sequence) AS seq
      FROM fresh AS f JOIN given USING (series_id, ts) GROUP BY series_id, ts, f.value
  ), logged AS (
    INSERT INTO metric_log (seq, series_id, ts, value) SELECT seq, series_id, ts, value FROM numbered
  ) UPDATE metric_sequence SET last = last + counted.fresh FROM (SELECT count(*) AS fresh FROM numbered) AS counted RETURNING counted.fresh AS fresh`;

export async function append(db: Connection, list: readonly MetricSeries[]): Promise<number> {
  const ids = await seriesIds(db, list);
  const [buckets, series, times, values]: [number[], number[], number[], number[]] = [[], [], [], []];
  for (const each of list) {
    const id = ids.get(seriesKey(each.ref)) ?? 0;
    for (const { timestampMs, value } of each.points) {
      if (!Number.isFinite(value) || !Number.isSafeInteger(timestampMs)) continue;
      buckets.push(bucketOf(timestampMs));
      series.push(id);
      times.push(timestampMs);
      values.push(value);
    }
  }
  if (values.length === 0) return 0;
  const { rows } = await db.query<{ fresh: number }>(APPEND, [buckets, series, times, values]);
  return rows[0]?.fresh ?? 0;
}

/** Of all series given; those not known yet, or known otherwise, are written. */
async function seriesIds(db: Connection, list: readonly MetricSeries[]): Promise<ReadonlyMap<string, number>> {
  const ids = new Map<string, number>();
  const written = new Map<string, MetricSeries>();
  for (const series of list) {
    const key = seriesKey(series.ref);
    const known = db.series(key);
    if (known !== undefined && same(known, series)) ids.set(key, known.id);
    else written.set(key, series);
  }
  if (written.size === 0) return ids;
  const each = [...written.values()];
  const { rows } = await db.query<{ id: number; key: string }>(
    `INSERT INTO series (key, ref, resource_id, unit, period_ms) SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bigint[])
     ON CONFLICT (key) DO UPDATE SET resource_id = excluded.resource_id, unit = excluded.unit, period_ms = excluded.period_ms RETURNING id, key`,
    [
      [...written.keys()],
      each.map((series) => JSON.stringify(series.ref)),
      each.map((series) => series.resourceId),
      each.map((series) => series.unit),
      each.map((series) => series.periodMs),
    ],
  );
  for (const { id, key } of rows) {
    const series = written.get(key);
    ids.set(key, id);
    if (series !== undefined) db.knowSeries(key, { id, resourceId: series.resourceId, unit: series.unit, periodMs: series.periodMs });
  }
  return ids;
}

const same = (known: KnownSeries, series: MetricSeries): boolean =>
  known.resourceId === series.resourceId && known.unit === series.unit && known.periodMs === series.periodMs;

/** Points by series id, ascending; series without points are left out. */
export async function points(
  db: Connection,
  buckets: readonly number[],
  ids: readonly number[],
  window: TimeWindow,
): Promise<ReadonlyMap<number, MetricSeries['points']>> {
  const sql = `SELECT series_id, ts, value FROM metric_point WHERE bucket = ANY ($1::bigint[]) AND series_id = ANY ($2::bigint[]) AND ts > $3 AND ts <= $4
    ORDER BY series_id, ts`;
  const { rows } = await db.query<{ series_id: number; ts: number; value: number }>(sql, [buckets, ids, window.fromMs, window.toMs]);
  const found = new Map<number, MetricSeries['points']>();
  for (const { series_id, ts, value } of rows) {
    const list = found.get(series_id);
    if (list === undefined) found.set(series_id, [{ timestampMs: ts, value }]);
    else list.push({ timestampMs: ts, value });
  }
  return found;
}

export async function logged(db: Connection, after: number, limit: number, shards: readonly number[] | null): Promise<LogRow[]> {
  if (shards !== null) {
    const ofShards = `SELECT seq, series_id, ts, value FROM metric_log JOIN series ON series.id = series_id
      WHERE seq > $1 AND shard = ANY (CAST($3 AS smallint[])) ORDER BY seq LIMIT $2`;
    return await db.arrays<LogRow>(ofShards, [after, limit, `{${shards.join(',')}}`]);
  }
  return await db.arrays<LogRow>('SELECT seq, series_id, ts, value FROM metric_log WHERE seq > $1 ORDER BY seq LIMIT $2', [after, limit]);
}

/** Rows of these series, in this order. */
export async function named<Row extends { readonly id: number }>(db: Connection, columns: string, ids: Iterable<number>): Promise<Row[]> {
  const wanted = [...ids];
  const { rows } = await db.query<Row>(`SELECT ${columns} FROM series WHERE id = ANY ($1::bigint[])`, [wanted]);
  const found = new Map(rows.map((row) => [row.id, row]));
  return wanted.flatMap((id) => found.get(id) ?? []);
}
