import type { MessageRef, MessageRepository } from '../domain/store.ts';
import { one, run, type Session } from './session.ts';

const PUT = 'INSERT INTO message (subject, channel, ts) VALUES (?, ?, ?) ON CONFLICT (subject) DO UPDATE SET channel = excluded.channel, ts = excluded.ts';

export const messages = (session: Session): MessageRepository => ({
  get: (subject) => session.read(() => one<MessageRef>('SELECT channel, ts FROM message WHERE subject = ?', subject)),
  put: (subject, ref) =>
    session.beside(function* () {
      yield* run('DELETE FROM message WHERE subject = ?', subject); // the new row is the latest of its place
      yield* run(PUT, subject, ref.channel, ref.ts);
    }),
  subjectAt: async (ref) => {
    const sql = 'SELECT subject FROM message WHERE channel = ? AND ts = ? ORDER BY rowid DESC LIMIT 1';
    return (await session.read(() => one<{ subject: string }>(sql, ref.channel, ref.ts)))?.subject ?? null;
  },
});
