import type { Actor } from '../domain/actor.ts';
import type { SilenceRepository } from '../domain/store.ts';
import { appendAudit } from './audit.ts';
import { all, run, type Session } from './session.ts';

interface Row {
  readonly resource_id: string;
  readonly until_ms: number;
  readonly by_actor: string;
  readonly reason: string;
  readonly at_ms: number;
}

const PUT = `INSERT INTO silence (resource_id, until_ms, by_actor, reason, at_ms) VALUES (?, ?, ?, ?, ?)
  ON CONFLICT (resource_id) DO UPDATE SET until_ms = excluded.until_ms, by_actor = excluded.by_actor, reason = excluded.reason, at_ms = excluded.at_ms`;

/** Audit rows: `silence.set`, `silence.removed`, with the resource as their subject. */
export const silences = (session: Session): SilenceRepository => ({
  put: (silence) =>
    session.write(function* () {
      const { resourceId, untilMs, by, reason, atMs } = silence;
      yield* run(PUT, resourceId, untilMs, JSON.stringify(by), reason, atMs);
      yield* appendAudit({ actor: by, verb: 'silence.set', subject: resourceId, detail: { untilMs, reason } }, atMs);
    }),
  remove: (resourceId, actor, atMs) =>
    session.write(function* () {
      if ((yield* run('DELETE FROM silence WHERE resource_id = ?', resourceId)) === 0) return false;
      yield* appendAudit({ actor, verb: 'silence.removed', subject: resourceId, detail: {} }, atMs);
      return true;
    }),
  active: async (nowMs) => {
    const sql = 'SELECT resource_id, until_ms, by_actor, reason, at_ms FROM silence WHERE until_ms > ? ORDER BY until_ms, resource_id';
    return (await session.read(() => all<Row>(sql, nowMs))).map((row) => ({
      resourceId: row.resource_id,
      untilMs: row.until_ms,
      by: JSON.parse(row.by_actor) as Actor,
      reason: row.reason,
      atMs: row.at_ms,
    }));
  },
});
