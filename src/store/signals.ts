import type { TimeWindow } from '../domain/ports.ts';
import type { Topology } from '../domain/resource.ts';
import type { Alarm, Change, LogLine } from '../domain/signals.ts';
import type { SignalRepository } from '../domain/store.ts';
import type { Connection } from './connection.ts';
import { bounded, untilNone, where } from './rows.ts';
import type { Session } from './session.ts';

export const signals = (session: Session): SignalRepository => ({
  appendLogs: (lines) => session.write((db) => appendLogs(db, lines)),
  appendChanges: (changes) => session.write((db) => appendBodies(db, 'change', changes)),
  appendAlarms: (alarms) => session.write((db) => appendBodies(db, 'alarm', alarms)),
  logs: (query) => session.read((db) => logs(db, query)),
  logsSince: (after, limit) => session.read((db) => logsSince(db, after, limit)),
  changes: (window, limit) => session.read((db) => bodies<Change>(db, 'change', window, limit)),
  change: (id) =>
    session.read((db) => {
      const row = db.get<{ body: string }>('SELECT body FROM change WHERE id = ?', id);
      return row === undefined ? null : (JSON.parse(row.body) as Change);
    }),
  alarms: (window, limit) => session.read((db) => bodies<Alarm>(db, 'alarm', window, limit)),
  alarmsSince: (after, limit) => session.read((db) => alarmsSince(db, after, limit)),
  saveTopology: (topology) =>
    session.write((db) => {
      db.run('INSERT INTO topology VALUES (1, ?) ON CONFLICT DO UPDATE SET body = excluded.body', JSON.stringify(topology));
    }),
  topology: () =>
    session.read((db) => {
      const row = db.get<{ body: string }>('SELECT body FROM topology');
      return row === undefined ? { resources: [], dependencies: [] } : (JSON.parse(row.body) as Topology);
    }),
  prune: async (beforeMs) => {
    let gone = 0;
    for (const table of ['log_line', 'change', 'alarm'] as const) gone += await untilNone((limit) => session.write((db) => prune(db, table, beforeMs, limit)));
    return gone;
  },
});

function appendLogs(db: Connection, lines: readonly LogLine[]): number {
  const insert = db.statement('INSERT OR IGNORE INTO log_line (id, ts, log_group, resource_id, level, message) VALUES (?, ?, ?, ?, ?, ?)');
  return lines.reduce((added, line) => added + insert.run(line.id, line.timestampMs, line.group, line.resourceId, line.level, line.message).changes, 0);
}

function appendBodies(db: Connection, table: 'change' | 'alarm', items: readonly (Change | Alarm)[]): number {
  const insert = db.statement(`INSERT OR IGNORE INTO ${table} (id, ts, body) VALUES (?, ?, ?)`);
  return items.reduce((added, item) => added + insert.run(item.id, item.timestampMs, JSON.stringify(item)).changes, 0);
}

interface LogRow {
  readonly id: string;
  readonly ts: number;
  readonly log_group: string;
  readonly resource_id: string | null;
  readonly level: LogLine['level'];
  readonly message: string;
}

function logs(db: Connection, query: Parameters<SignalRepository['logs']>[0]): readonly LogLine[] {
  const text = query.text === undefined || query.text === '' ? null : query.text.toLowerCase();
  const found = where(
    ['ts > ?', query.window.fromMs],
    ['ts <= ?', query.window.toMs],
    ['resource_id IN (SELECT value FROM json_each(?))', query.resourceIds === undefined ? null : JSON.stringify(query.resourceIds)],
    [`instr(${lowerCase(text)}(message), ?) > 0`, text],
  );
  const sql = `SELECT id, ts, log_group, resource_id, level, message FROM log_line ${found.sql} ORDER BY ts DESC, rowid DESC LIMIT ?`;
  return db.all<LogRow>(sql, ...found.values, bounded(query.limit)).map(lineOf);
}

const lineOf = (row: LogRow): LogLine => ({
  id: row.id,
  timestampMs: row.ts,
  group: row.log_group,
  resourceId: row.resource_id,
  level: row.level,
  message: row.message,
});

function logsSince(db: Connection, after: number, limit: number): { readonly lines: readonly LogLine[]; readonly sequence: number } {
  const sql = 'SELECT seq, id, ts, log_group, resource_id, level, message FROM log_line WHERE seq > ? ORDER BY seq LIMIT ?';
  const rows = db.all<LogRow & { seq: number }>(sql, after, bounded(limit));
  return { lines: rows.map(lineOf), sequence: rows.at(-1)?.seq ?? after };
}

/** SQLite's own lower() knows ASCII only, but is much quicker than our `fold`, and enough for a text without other letters. */
const lowerCase = (text: string | null): 'lower' | 'fold' => (text !== null && /[^\p{ASCII}\p{Lo}]/u.test(text) ? 'fold' : 'lower');

function bodies<T>(db: Connection, table: 'change' | 'alarm', window: TimeWindow, limit: number): readonly T[] {
  const sql = `SELECT body FROM ${table} WHERE ts > ? AND ts <= ? ORDER BY ts, rowid LIMIT ?`;
  return db.all<{ body: string }>(sql, window.fromMs, window.toMs, bounded(limit)).map((row) => JSON.parse(row.body) as T);
}

function alarmsSince(db: Connection, after: number, limit: number): { readonly alarms: readonly Alarm[]; readonly sequence: number } {
  const rows = db.all<{ seq: number; body: string }>('SELECT seq, body FROM alarm WHERE seq > ? ORDER BY seq LIMIT ?', after, bounded(limit));
  return { alarms: rows.map((row) => JSON.parse(row.body) as Alarm), sequence: rows.at(-1)?.seq ?? after };
}

function prune(db: Connection, table: 'log_line' | 'change' | 'alarm', beforeMs: number, limit: number): number {
  return db.run(`DELETE FROM ${table} WHERE rowid IN (SELECT rowid FROM ${table} WHERE ts < ? LIMIT ?)`, beforeMs, limit);
}
