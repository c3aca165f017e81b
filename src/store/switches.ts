import type { Actor } from '../domain/actor.ts';
import type { SwitchRepository } from '../domain/store.ts';
import { appendAudit } from './audit.ts';
import type { Session } from './session.ts';

interface Row {
  readonly scope: string;
  readonly by_actor: string;
  readonly reason: string;
  readonly at_ms: number;
}

/** Audit rows: `switch.off`, `switch.on`, with the scope as their subject. */
export const switches = (session: Session): SwitchRepository => ({
  off: (entry) =>
    session.write((db) => {
      db.run('INSERT OR REPLACE INTO switch VALUES (?, ?, ?, ?)', entry.scope, JSON.stringify(entry.by), entry.reason, entry.atMs);
      appendAudit(db, { actor: entry.by, verb: 'switch.off', subject: entry.scope, detail: { reason: entry.reason } }, entry.atMs);
    }),
  on: (scope, actor, atMs) =>
    session.write((db) => {
      if (db.run('DELETE FROM switch WHERE scope = ?', scope) === 0) return false;
      appendAudit(db, { actor, verb: 'switch.on', subject: scope, detail: {} }, atMs);
      return true;
    }),
  list: () =>
    session.read((db) =>
      db
        .all<Row>('SELECT * FROM switch ORDER BY at_ms, scope')
        .map((row) => ({ scope: row.scope, by: JSON.parse(row.by_actor) as Actor, reason: row.reason, atMs: row.at_ms })),
    ),
});
