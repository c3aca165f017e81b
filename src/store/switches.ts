import type { Actor } from '../domain/actor.ts';
import type { SwitchRepository } from '../domain/store.ts';
import { appendAudit } from './audit.ts';
import { all, run, type Session, tell } from './session.ts';

interface Row {
  readonly scope: string;
  readonly by_actor: string;
  readonly reason: string;
  readonly at_ms: number;
}

const PUT = `INSERT INTO switch (scope, by_actor, reason, at_ms) VALUES (?, ?, ?, ?)
  ON CONFLICT (scope) DO UPDATE SET by_actor = excluded.by_actor, reason = excluded.reason, at_ms = excluded.at_ms`;

/** Audit rows: `switch.off`, `switch.on`, with the scope as their subject. */
export const switches = (session: Session): SwitchRepository => ({
  off: (entry) =>
    session.write(function* () {
      yield* run(PUT, entry.scope, JSON.stringify(entry.by), entry.reason, entry.atMs);
      yield* appendAudit({ actor: entry.by, verb: 'switch.off', subject: entry.scope, detail: { reason: entry.reason } }, entry.atMs);
      yield* tell('switches', entry.scope);
    }),
  on: (scope, actor, atMs) =>
    session.write(function* () {
      if ((yield* run('DELETE FROM switch WHERE scope = ?', scope)) === 0) return false;
      yield* appendAudit({ actor, verb: 'switch.on', subject: scope, detail: {} }, atMs);
      yield* tell('switches', scope);
      return true;
    }),
  list: async () =>
    (await session.read(() => all<Row>('SELECT scope, by_actor, reason, at_ms FROM switch ORDER BY at_ms, scope'))).map((row) => ({
      scope: row.scope,
      by: JSON.parse(row.by_actor) as Actor,
      reason: row.reason,
      atMs: row.at_ms,
    })),
});
