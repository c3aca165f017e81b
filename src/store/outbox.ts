import { type Notice, noticeKey, type OutboxItem } from '../domain/notice.ts';
import type { OutboxRepository } from '../domain/store.ts';
import { bounded } from './rows.ts';
import { all, one, run, type Session, tell, type Work } from './session.ts';

/**
 * Waiting notices with one key are one row, at the place of the oldest: an alert storm cannot make it grow past one row a card.
 * Each lane (an incident, a person, the channel) keeps its order and has one item out at a time.
 */
export const outbox = (session: Session): OutboxRepository => ({
  add: (notice, atMs) => session.beside(() => add(notice, atMs), 'outbox'),
  take: (nowMs, limit) => session.beside(() => take(nowMs, bounded(limit)), 'outbox'),
  done: async (id) => {
    await session.beside(() => run('DELETE FROM outbox WHERE id = ? AND taken = 1', id), 'outbox');
  },
  retry: (id, atMs, error) =>
    session.beside(function* () {
      yield* giveWayTo(id);
      yield* run('UPDATE outbox SET taken = 0, due_at_ms = ?, error = ? WHERE id = ? AND taken = 1', atMs, error, id);
    }, 'outbox'),
  release: () =>
    session.beside(function* () {
      const taken = yield* all<{ id: number }>('SELECT id FROM outbox WHERE taken = 1');
      for (const { id } of taken) {
        yield* giveWayTo(id);
        yield* run('UPDATE outbox SET taken = 0, due_at_ms = 0 WHERE id = ?', id);
      }
      return taken.length;
    }, 'outbox'),
  size: async () => (await session.read(() => one<{ size: number }>('SELECT count(*) AS size FROM outbox')))?.size ?? 0,
});

function* add(notice: Notice, atMs: number): Work<void> {
  const lane = yield* laneOf(notice);
  yield* run(
    'INSERT INTO outbox (key, lane, body, due_at_ms, created_at_ms) VALUES (?, ?, ?, ?, ?) ON CONFLICT (key) WHERE taken = 0 AND key IS NOT NULL DO NOTHING',
    noticeKey(notice),
    lane,
    JSON.stringify(notice),
    atMs,
    atMs,
  );
  yield* tell('outbox', lane);
}

function* laneOf(notice: Notice): Work<string> {
  if (notice.type === 'channel' || notice.type === 'digest') return 'channel';
  if (notice.type === 'storm') return notice.stormId;
  if (notice.type === 'direct') return `direct:${notice.userId}`;
  if (notice.type !== 'plan') return notice.incidentId;
  const number = Number(/^PLAN-(\d{1,15})$/.exec(notice.planId)?.[1] ?? 0);
  return (yield* one<{ incident_id: string | null }>('SELECT incident_id FROM plan WHERE n = ?', number))?.incident_id ?? notice.planId;
}

interface Row {
  readonly id: number;
  readonly body: string;
  readonly attempts: number;
  readonly created_at_ms: number;
}

/** Only the oldest item of a lane can go, and only when it is neither out already nor waiting for its next try. */
function* take(nowMs: number, limit: number): Work<readonly OutboxItem[]> {
  const rows = yield* all<Row>(
    `SELECT id, body, attempts, created_at_ms FROM outbox WHERE id IN (SELECT min(id) FROM outbox GROUP BY lane)
       AND taken = 0 AND due_at_ms <= ? ORDER BY id LIMIT ?`,
    nowMs,
    limit,
  );
  for (const row of rows) yield* run('UPDATE outbox SET taken = 1, attempts = attempts + 1 WHERE id = ?', row.id);
  return rows.map((row) => ({ id: row.id, notice: JSON.parse(row.body) as Notice, attempts: row.attempts, createdAtMs: row.created_at_ms }));
}

/** What was added under the same key while this one was out: this one will show it, being made from the state at delivery. */
function giveWayTo(id: number): Work<number> {
  return run('DELETE FROM outbox WHERE taken = 0 AND key = (SELECT key FROM outbox WHERE id = ? AND taken = 1)', id);
}
