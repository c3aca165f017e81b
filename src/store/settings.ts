import type { SettingRepository } from '../domain/store.ts';
import { untilNone } from './rows.ts';
import type { Session } from './session.ts';

const STARTS_WITH = 'key >= ? AND substr(key, 1, length(?)) = ?';

export const settings = (session: Session): SettingRepository => ({
  get: (key) => session.read((db) => db.get<{ value: string }>('SELECT value FROM setting WHERE key = ?', key)?.value ?? null),
  set: (key, value, atMs, options) =>
    session.write((db) => db.run(`INSERT OR ${options?.onlyIfAbsent === true ? 'IGNORE' : 'REPLACE'} INTO setting VALUES (?, ?, ?)`, key, value, atMs) === 1),
  prune: (prefix, beforeMs) =>
    untilNone((limit) =>
      session.write((db) =>
        db.run(
          `DELETE FROM setting WHERE key IN (SELECT key FROM setting WHERE ${STARTS_WITH} AND at_ms < ? LIMIT ?)`,
          prefix,
          prefix,
          prefix,
          beforeMs,
          limit,
        ),
      ),
    ),
});
