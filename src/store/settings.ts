import type { SettingRepository } from '../domain/store.ts';
import { untilNone } from './rows.ts';
import { one, run, type Session } from './session.ts';

const STARTS_WITH = 'key >= ? AND substr(key, 1, length(?)) = ?';

export const settings = (session: Session): SettingRepository => ({
  get: async (key) => (await session.read(() => one<{ value: string }>('SELECT value FROM setting WHERE key = ?', key)))?.value ?? null,
  set: async (key, value, atMs, options) => {
    const otherwise = options?.onlyIfAbsent === true ? 'NOTHING' : 'UPDATE SET value = excluded.value, at_ms = excluded.at_ms';
    const sql = `INSERT INTO setting (key, value, at_ms) VALUES (?, ?, ?) ON CONFLICT (key) DO ${otherwise}`;
    return (await session.beside(() => run(sql, key, value, atMs))) === 1;
  },
  prune: (prefix, beforeMs) => {
    const sql = `DELETE FROM setting WHERE key IN (SELECT key FROM setting WHERE ${STARTS_WITH} AND at_ms < ? LIMIT ?)`;
    return untilNone((limit) => session.beside(() => run(sql, prefix, prefix, prefix, beforeMs, limit)));
  },
});
