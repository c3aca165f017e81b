import type { DedupeRepository } from '../domain/store.ts';
import { untilNone } from './rows.ts';
import { run, type Session } from './session.ts';

export const dedupe = (session: Session): DedupeRepository => ({
  firstTime: async (id, atMs) => (await session.beside(() => run('INSERT INTO seen (id, at_ms) VALUES (?, ?) ON CONFLICT DO NOTHING', id, atMs))) === 1,
  prune: (beforeMs) =>
    untilNone((limit) => session.beside(() => run('DELETE FROM seen WHERE id IN (SELECT id FROM seen WHERE at_ms < ? LIMIT ?)', beforeMs, limit))),
});
