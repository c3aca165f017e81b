import type { WatermarkRepository } from '../domain/store.ts';
import type { Session } from './session.ts';

export const watermarks = (session: Session): WatermarkRepository => ({
  get: (reader) => session.read((db) => db.get<{ until_ms: number }>('SELECT until_ms FROM watermark WHERE reader = ?', reader)?.until_ms ?? null),
  set: (reader, untilMs) =>
    session.write((db) => {
      db.run('INSERT INTO watermark VALUES (?, ?) ON CONFLICT DO UPDATE SET until_ms = excluded.until_ms', reader, untilMs);
    }),
});
