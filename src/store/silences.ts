import type { Actor } from '../domain/actor.ts';
import type { SilenceRepository } from '../domain/store.ts';
import { appendAudit } from './audit.ts';
import type { Session } from './session.ts';

interface Row {
  readonly resource_id: string;
  readonly until_ms: number;
  readonly by_actor: string;
  readonly reason: string;
  readonly at_ms: number;
}

/** Audit rows: `silence.set`, `silence.removed`, with the resource as their subject. */
export const silences = (session: Session): SilenceRepository => ({
  put: (silence) =>
    session.write((db) => {
      const { resourceId, untilMs, by, reason, atMs } = silence;
      db.run('INSERT OR REPLACE INTO silence VALUES (?, ?, ?, ?, ?)', resourceId, untilMs, JSON.stringify(by), reason, atMs);
      appendAudit(db, { actor: by, verb: 'silence.set', subject: resourceId, detail: { untilMs, reason } }, atMs);
    }),
  remove: (resourceId, actor, atMs) =>
    session.write((db) => {
      if (db.run('DELETE FROM silence WHERE resource_id = ?', resourceId) === 0) return false;
      appendAudit(db, { actor, verb: 'silence.removed', subject: resourceId, detail: {} }, atMs);
      return true;
    }),
  active: (nowMs) =>
    session.read((db) =>
      db.all<Row>('SELECT * FROM silence WHERE until_ms > ? ORDER BY until_ms, resource_id', nowMs).map((row) => ({
        resourceId: row.resource_id,
        untilMs: row.until_ms,
        by: JSON.parse(row.by_actor) as Actor,
        reason: row.reason,
        atMs: row.at_ms,
      })),
    ),
});
