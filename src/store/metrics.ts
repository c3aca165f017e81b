import type { MetricRef, MetricSeries } from '../domain/metric.ts';
import type { TimeWindow } from '../domain/ports.ts';
import type { MetricRepository, SeriesInfo } from '../domain/store.ts';
import * as postgres from './postgres/points.ts';
import { bounded, bucketOf, type LogRow, untilNone } from './rows.ts';
import { all, native, one, run, type Session, type Work } from './session.ts';
import * as sqlite from './sqlite/points.ts';

const APPENDED_MAX = 1_000_000;

/** Points on the write path are trusted to have the domain's shape; only what a database cannot hold as a number (NaN, Infinity) is passed over. */
export const metrics = (session: Session): MetricRepository => ({
  append: (series) => session.beside(() => native({ sqlite: (db) => sqlite.append(db, series), postgres: (db) => postgres.append(db, series) }), 'metrics'),
  describe: async () => (await session.read(() => all<SeriesRow>(`SELECT ${COLUMNS} FROM series ORDER BY id`))).map(seriesInfo),
  count: async () => (await session.read(() => one<{ n: number }>('SELECT count(*) AS n FROM series')))?.n ?? 0,
  range: (keys, window) => session.snapshot(() => range([...new Set(keys)], window)),
  appendedSince: (after, limit, shards) => session.snapshot(() => appendedSince(after, bounded(limit, APPENDED_MAX), shards ?? null)),
  prune: async (beforeMs) => {
    await untilNone((limit) => session.beside(() => pruneLog(beforeMs, limit), 'metrics'));
    return untilNone((limit) => session.beside(() => prunePoints(beforeMs, limit), 'metrics'));
  },
});

const COLUMNS = 'id, key, ref, resource_id, unit, period_ms';

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

function* range(keys: readonly string[], window: TimeWindow): Work<readonly MetricSeries[]> {
  const buckets = yield* bucketsIn(window);
  const named = yield* all<SeriesRow>(`SELECT ${COLUMNS} FROM series WHERE key IN (SELECT value FROM json_each(?))`, JSON.stringify(keys));
  const rows = new Map(named.map((row) => [row.key, row]));
  const ids = named.map((row) => row.id);
  const points = yield* native({ sqlite: (db) => sqlite.points(db, buckets, ids, window), postgres: (db) => postgres.points(db, buckets, ids, window) });
  return keys.flatMap((key) => {
    const row = rows.get(key);
    const list = row === undefined ? undefined : points.get(row.id);
    return row === undefined || list === undefined ? [] : [withPoints(row, list)];
  });
}

/** The buckets of the window that hold anything, each found by one seek: a wide window costs no more than what is kept. */
function* bucketsIn(window: TimeWindow): Work<readonly number[]> {
  const rows = yield* all<{ bucket: number | null }>(
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

function* appendedSince(
  after: number,
  limit: number,
  shards: readonly number[] | null,
): Work<{ readonly series: readonly MetricSeries[]; readonly sequence: number }> {
  const last = shards === null ? null : ((yield* one<{ last: number }>('SELECT last FROM metric_sequence'))?.last ?? after);
  const rows = yield* native<LogRow[]>({
    sqlite: (db) => sqlite.logged(db, after, limit, shards),
    postgres: (db) => postgres.logged(db, after, limit, shards),
  });
  const points = new Map<number, MetricSeries['points']>();
  for (const [, id, timestampMs, value] of rows) {
    const list = points.get(id);
    if (list === undefined) points.set(id, [{ timestampMs, value }]);
    else list.push({ timestampMs, value });
  }
  const series: MetricSeries[] = [];
  const named = yield* native({
    sqlite: (db) => sqlite.named<SeriesRow>(db, COLUMNS, points.keys()),
    postgres: (db) => postgres.named<SeriesRow>(db, COLUMNS, points.keys()),
  });
  for (const row of named) {
    const list = points.get(row.id) ?? [];
    series.push(
      withPoints(
        row,
        list.sort((a, b) => a.timestampMs - b.timestampMs),
      ),
    );
  }
  // Of some shards only, everything up to the end was looked at, unless there is more than was asked for.
  const end = last === null || rows.length >= limit ? (rows.at(-1)?.[0] ?? after) : last;
  return { series, sequence: end };
}

function prunePoints(beforeMs: number, limit: number): Work<number> {
  return run(
    `DELETE FROM metric_point WHERE (bucket, series_id, ts) IN
       (SELECT bucket, series_id, ts FROM metric_point WHERE bucket <= ? AND ts < ? LIMIT ?)`,
    bucketOf(beforeMs),
    beforeMs,
    limit,
  );
}

/** The log goes from its start, up to the first point that is kept: an old point that came late stays until those before it go. */
function* pruneLog(beforeMs: number, limit: number): Work<number> {
  const oldest = 'SELECT seq, ts FROM metric_log ORDER BY seq LIMIT ?';
  const found = yield* one<{ last: number | null; kept: number | null }>(
    `SELECT max(seq) AS last, min(seq) FILTER (WHERE ts >= ?) AS kept FROM (${oldest}) AS oldest`,
    beforeMs,
    limit,
  );
  return yield* run('DELETE FROM metric_log WHERE seq < ?', found?.kept ?? (found?.last ?? 0) + 1);
}
