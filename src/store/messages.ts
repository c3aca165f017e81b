import type { MessageRef, MessageRepository } from '../domain/store.ts';
import type { Session } from './session.ts';

export const messages = (session: Session): MessageRepository => ({
  get: (subject) => session.read((db) => db.get<MessageRef>('SELECT channel, ts FROM message WHERE subject = ?', subject) ?? null),
  put: (subject, ref) =>
    session.write((db) => {
      db.run('INSERT OR REPLACE INTO message VALUES (?, ?, ?)', subject, ref.channel, ref.ts);
    }),
  subjectAt: (ref) =>
    session.read((db) => {
      const sql = 'SELECT subject FROM message WHERE channel = ? AND ts = ? ORDER BY rowid DESC LIMIT 1';
      return db.get<{ subject: string }>(sql, ref.channel, ref.ts)?.subject ?? null;
    }),
});
