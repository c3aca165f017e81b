import type { Feedback } from '../domain/feedback.ts';
import type { FeedbackRepository } from '../domain/store.ts';
import { appendAudit } from './audit.ts';
import { LIST_MAX } from './rows.ts';
import { all, run, type Session, type Value, type Work } from './session.ts';

/** Audit rows: `feedback.given`, `feedback.withdrawn`. */
export const feedback = (session: Session): FeedbackRepository => ({
  put: (given, actor) =>
    session.write(function* () {
      const before = yield* find(given.subject, given.userId);
      if (before !== null) yield* remove(given.subject, given.userId);
      const sql = 'INSERT INTO feedback (subject, user_id, at_ms, body) VALUES (?, ?, ?, ?)';
      yield* run(sql, given.subject, given.userId, given.atMs, JSON.stringify(given));
      const { userId, verdict, meaning, comment } = given;
      const detail = { userId, verdict, meaning, comment, replaced: before?.verdict ?? null };
      yield* appendAudit({ actor, verb: 'feedback.given', subject: given.subject, detail }, given.atMs);
      return before;
    }),
  remove: (subject, userId, actor, atMs) =>
    session.write(function* () {
      const before = yield* find(subject, userId);
      if (before === null) return null;
      yield* remove(subject, userId);
      yield* appendAudit({ actor, verb: 'feedback.withdrawn', subject, detail: { userId, verdict: before.verdict } }, atMs);
      return before;
    }),
  ofSubject: (subject) => session.read(() => select('WHERE subject = ?', subject)),
  byPerson: (userId, sinceMs) => session.read(() => select('WHERE user_id = ? AND at_ms >= ?', userId, sinceMs)),
});

const remove = (subject: string, userId: string): Work<number> => run('DELETE FROM feedback WHERE subject = ? AND user_id = ?', subject, userId);

function* find(subject: string, userId: string): Work<Feedback | null> {
  return (yield* select('WHERE subject = ? AND user_id = ?', subject, userId))[0] ?? null;
}

function* select(filter: string, ...values: readonly Value[]): Work<readonly Feedback[]> {
  const rows = yield* all<{ body: string }>(`SELECT body FROM feedback ${filter} ORDER BY at_ms, rowid LIMIT ${LIST_MAX}`, ...values);
  return rows.map((row) => JSON.parse(row.body) as Feedback);
}
