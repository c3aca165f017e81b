import type { WatermarkRepository } from '../domain/store.ts';
import { insertMany } from './bulk.ts';
import { all, one, run, type Session } from './session.ts';

const MARKS = {
  table: 'watermark',
  columns: { reader: 'text', until_ms: 'bigint' },
  conflict: 'ON CONFLICT (reader) DO UPDATE SET until_ms = excluded.until_ms',
} as const;

export const watermarks = (session: Session): WatermarkRepository => ({
  get: async (reader) => (await session.read(() => one<{ until_ms: number }>('SELECT until_ms FROM watermark WHERE reader = ?', reader)))?.until_ms ?? null,
  set: async (reader, untilMs) => {
    await session.beside(() =>
      run('INSERT INTO watermark (reader, until_ms) VALUES (?, ?) ON CONFLICT (reader) DO UPDATE SET until_ms = excluded.until_ms', reader, untilMs),
    );
  },
  list: async (prefix) => {
    const sql = 'SELECT reader, until_ms FROM watermark WHERE substr(reader, 1, length(?)) = ?';
    const rows = await session.read(() => all<{ reader: string; until_ms: number }>(sql, prefix, prefix));
    return new Map(rows.map((row) => [row.reader, row.until_ms]));
  },
  setAll: async (marks) => {
    await session.beside(() => insertMany(MARKS, [...marks]));
  },
});
