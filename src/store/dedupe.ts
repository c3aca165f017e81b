import type { DedupeRepository } from '../domain/store.ts';
import { untilNone } from './rows.ts';
import type { Session } from './session.ts';

export const dedupe = (session: Session): DedupeRepository => ({
  firstTime: (id, atMs) => session.write((db) => db.run('INSERT OR IGNORE INTO seen VALUES (?, ?)', id, atMs) === 1),
  prune: (beforeMs) =>
    untilNone((limit) => session.write((db) => db.run('DELETE FROM seen WHERE id IN (SELECT id FROM seen WHERE at_ms < ? LIMIT ?)', beforeMs, limit))),
});
