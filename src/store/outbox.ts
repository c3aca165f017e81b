import { type Notice, noticeKey, type OutboxItem } from '../domain/notice.ts';
import type { OutboxRepository } from '../domain/store.ts';
import type { Connection } from './connection.ts';
import { bounded } from './rows.ts';
import type { Session } from './session.ts';

/**
 * Waiting notices with one key are one row, at the place of the oldest: an alert storm cannot make it grow past one row a card.
 * Each lane (an incident, a person, the channel) keeps its order and has one item out at a time.
 */
export const outbox = (session: Session): OutboxRepository => ({
  add: (notice, atMs) => session.write((db) => add(db, notice, atMs)),
  take: (nowMs, limit) => session.write((db) => take(db, nowMs, bounded(limit))),
  done: (id) =>
    session.write((db) => {
      db.run('DELETE FROM outbox WHERE id = ? AND taken = 1', id);
    }),
  retry: (id, atMs, error) =>
    session.write((db) => {
      giveWayTo(db, id);
      db.run('UPDATE outbox SET taken = 0, due_at_ms = ?, error = ? WHERE id = ? AND taken = 1', atMs, error, id);
    }),
  release: () =>
    session.write((db) => {
      const taken = db.all<{ id: number }>('SELECT id FROM outbox WHERE taken = 1');
      for (const { id } of taken) {
        giveWayTo(db, id);
        db.run('UPDATE outbox SET taken = 0, due_at_ms = 0 WHERE id = ?', id);
      }
      return taken.length;
    }),
  size: () => session.read((db) => db.get<{ size: number }>('SELECT count(*) AS size FROM outbox')?.size ?? 0),
});

function add(db: Connection, notice: Notice, atMs: number): void {
  db.run(
    'INSERT INTO outbox (key, lane, body, due_at_ms, created_at_ms) VALUES (?, ?, ?, ?, ?) ON CONFLICT (key) WHERE taken = 0 AND key IS NOT NULL DO NOTHING',
    noticeKey(notice),
    laneOf(db, notice),
    JSON.stringify(notice),
    atMs,
    atMs,
  );
}

function laneOf(db: Connection, notice: Notice): string {
  if (notice.type === 'channel' || notice.type === 'digest') return 'channel';
  if (notice.type === 'storm') return notice.stormId;
  if (notice.type === 'direct') return `direct:${notice.userId}`;
  if (notice.type !== 'plan') return notice.incidentId;
  const number = Number(/^PLAN-(\d{1,15})$/.exec(notice.planId)?.[1] ?? 0);
  return db.get<{ incident_id: string | null }>('SELECT incident_id FROM plan WHERE n = ?', number)?.incident_id ?? notice.planId;
}

interface Row {
  readonly id: number;
  readonly body: string;
  readonly attempts: number;
  readonly created_at_ms: number;
}

/** Only the oldest item of a lane can go, and only when it is neither out already nor waiting for its next try. */
function take(db: Connection, nowMs: number, limit: number): readonly OutboxItem[] {
  const rows = db.all<Row>(
    `SELECT id, body, attempts, created_at_ms FROM outbox WHERE id IN (SELECT min(id) FROM outbox GROUP BY lane)
       AND taken = 0 AND due_at_ms <= ? ORDER BY id LIMIT ?`,
    nowMs,
    limit,
  );
  for (const row of rows) db.run('UPDATE outbox SET taken = 1, attempts = attempts + 1 WHERE id = ?', row.id);
  return rows.map((row) => ({ id: row.id, notice: JSON.parse(row.body) as Notice, attempts: row.attempts, createdAtMs: row.created_at_ms }));
}

/** What was added under the same key while this one was out: this one will show it, being made from the state at delivery. */
function giveWayTo(db: Connection, id: number): void {
  db.run('DELETE FROM outbox WHERE taken = 0 AND key = (SELECT key FROM outbox WHERE id = ? AND taken = 1)', id);
}
