import type { Feedback } from '../domain/feedback.ts';
import type { FeedbackRepository } from '../domain/store.ts';
import { appendAudit } from './audit.ts';
import type { Connection } from './connection.ts';
import { LIST_MAX } from './rows.ts';
import type { Session } from './session.ts';

/** Audit rows: `feedback.given`, `feedback.withdrawn`. */
export const feedback = (session: Session): FeedbackRepository => ({
  put: (given, actor) =>
    session.write((db) => {
      const before = find(db, given.subject, given.userId);
      db.run('INSERT OR REPLACE INTO feedback VALUES (?, ?, ?, ?)', given.subject, given.userId, given.atMs, JSON.stringify(given));
      const { userId, verdict, meaning, comment } = given;
      const detail = { userId, verdict, meaning, comment, replaced: before?.verdict ?? null };
      appendAudit(db, { actor, verb: 'feedback.given', subject: given.subject, detail }, given.atMs);
      return before;
    }),
  remove: (subject, userId, actor, atMs) =>
    session.write((db) => {
      const before = find(db, subject, userId);
      if (before === null) return null;
      db.run('DELETE FROM feedback WHERE subject = ? AND user_id = ?', subject, userId);
      appendAudit(db, { actor, verb: 'feedback.withdrawn', subject, detail: { userId, verdict: before.verdict } }, atMs);
      return before;
    }),
  ofSubject: (subject) => session.read((db) => select(db, 'WHERE subject = ?', subject)),
  byPerson: (userId, sinceMs) => session.read((db) => select(db, 'WHERE user_id = ? AND at_ms >= ?', userId, sinceMs)),
});

const find = (db: Connection, subject: string, userId: string): Feedback | null => select(db, 'WHERE subject = ? AND user_id = ?', subject, userId)[0] ?? null;

function select(db: Connection, filter: string, ...values: (string | number)[]): readonly Feedback[] {
  const rows = db.all<{ body: string }>(`SELECT body FROM feedback ${filter} ORDER BY at_ms, rowid LIMIT ${LIST_MAX}`, ...values);
  return rows.map((row) => JSON.parse(row.body) as Feedback);
}
