import type { TimeWindow } from '../domain/ports.ts';
import type { Topology } from '../domain/resource.ts';
import type { Alarm, Change, LogLine } from '../domain/signals.ts';
import type { SignalRepository } from '../domain/store.ts';
import { insertMany } from './bulk.ts';
import { bounded, untilNone, where } from './rows.ts';
import { all, one, run, type Session, type Work } from './session.ts';

export const signals = (session: Session): SignalRepository => ({
  appendLogs: (lines) => session.beside(() => appendLogs(lines), 'signals'),
  appendChanges: (changes) => session.beside(() => appendBodies('change', changes), 'signals'),
  appendAlarms: (alarms) => session.beside(() => appendBodies('alarm', alarms), 'signals'),
  logs: (query) => session.read(() => logs(query)),
  logsSince: (after, limit) => session.read(() => logsSince(after, limit)),
  changes: (window, limit) => session.read(() => bodies<Change>('change', window, limit)),
  change: async (id) => {
    const row = await session.read(() => one<{ body: string }>('SELECT body FROM change WHERE id = ?', id));
    return row === null ? null : (JSON.parse(row.body) as Change);
  },
  alarms: (window, limit) => session.read(() => bodies<Alarm>('alarm', window, limit)),
  alarmsSince: (after, limit) => session.read(() => alarmsSince(after, limit)),
  saveTopology: async (topology) => {
    const sql = 'INSERT INTO topology (id, body) VALUES (1, ?) ON CONFLICT (id) DO UPDATE SET body = excluded.body';
    await session.beside(() => run(sql, JSON.stringify(topology)));
  },
  topology: async () => {
    const row = await session.read(() => one<{ body: string }>('SELECT body FROM topology'));
    return row === null ? { resources: [], dependencies: [] } : (JSON.parse(row.body) as Topology);
  },
  prune: async (beforeMs) => {
    let gone = 0;
    for (const table of ['log_line', 'change', 'alarm'] as const) gone += await untilNone((limit) => session.beside(() => prune(table, beforeMs, limit)));
    return gone;
  },
});

const LOG_LINES = {
  table: 'log_line',
  columns: { id: 'text', ts: 'bigint', log_group: 'text', resource_id: 'text', level: 'text', message: 'text' },
  conflict: 'ON CONFLICT DO NOTHING',
} as const;

const appendLogs = (lines: readonly LogLine[]): Work<number> =>
  insertMany(
    LOG_LINES,
    lines.map((line) => [line.id, line.timestampMs, line.group, line.resourceId, line.level, line.message]),
  );

const appendBodies = (table: 'change' | 'alarm', items: readonly (Change | Alarm)[]): Work<number> =>
  insertMany(
    { table, columns: { id: 'text', ts: 'bigint', body: 'text' }, conflict: 'ON CONFLICT DO NOTHING' },
    items.map((item) => [item.id, item.timestampMs, JSON.stringify(item)]),
  );

interface LogRow {
  readonly id: string;
  readonly ts: number;
  readonly log_group: string;
  readonly resource_id: string | null;
  readonly level: LogLine['level'];
  readonly message: string;
}

function* logs(query: Parameters<SignalRepository['logs']>[0]): Work<readonly LogLine[]> {
  const text = query.text === undefined || query.text === '' ? null : query.text.toLowerCase();
  const found = where(
    ['ts > ?', query.window.fromMs],
    ['ts <= ?', query.window.toMs],
    ['resource_id IN (SELECT value FROM json_each(?))', query.resourceIds === undefined ? null : JSON.stringify(query.resourceIds)],
    [`instr(${lowerCase(text)}(message), ?) > 0`, text],
  );
  const sql = `SELECT id, ts, log_group, resource_id, level, message FROM log_line ${found.sql} ORDER BY ts DESC, seq DESC LIMIT ?`;
  return (yield* all<LogRow>(sql, ...found.values, bounded(query.limit))).map(lineOf);
}

const lineOf = (row: LogRow): LogLine => ({
  id: row.id,
  timestampMs: row.ts,
  group: row.log_group,
  resourceId: row.resource_id,
  level: row.level,
  message: row.message,
});

function* logsSince(after: number, limit: number): Work<{ readonly lines: readonly LogLine[]; readonly sequence: number }> {
  const sql = 'SELECT seq, id, ts, log_group, resource_id, level, message FROM log_line WHERE seq > ? ORDER BY seq LIMIT ?';
  const rows = yield* all<LogRow & { seq: number }>(sql, after, bounded(limit));
  return { lines: rows.map(lineOf), sequence: rows.at(-1)?.seq ?? after };
}

/** The database's own lower() knows ASCII only, but is much quicker than our `fold`, and enough for a text without other letters. */
const lowerCase = (text: string | null): 'lower' | 'fold' => (text !== null && /[^\p{ASCII}\p{Lo}]/u.test(text) ? 'fold' : 'lower');

function* bodies<T>(table: 'change' | 'alarm', window: TimeWindow, limit: number): Work<readonly T[]> {
  const sql = `SELECT body FROM ${table} WHERE ts > ? AND ts <= ? ORDER BY ts, ${table === 'alarm' ? 'seq' : 'rowid'} LIMIT ?`;
  return (yield* all<{ body: string }>(sql, window.fromMs, window.toMs, bounded(limit))).map((row) => JSON.parse(row.body) as T);
}

function* alarmsSince(after: number, limit: number): Work<{ readonly alarms: readonly Alarm[]; readonly sequence: number }> {
  const rows = yield* all<{ seq: number; body: string }>('SELECT seq, body FROM alarm WHERE seq > ? ORDER BY seq LIMIT ?', after, bounded(limit));
  return { alarms: rows.map((row) => JSON.parse(row.body) as Alarm), sequence: rows.at(-1)?.seq ?? after };
}

function prune(table: 'log_line' | 'change' | 'alarm', beforeMs: number, limit: number): Work<number> {
  return run(`DELETE FROM ${table} WHERE id IN (SELECT id FROM ${table} WHERE ts < ? LIMIT ?)`, beforeMs, limit);
}
