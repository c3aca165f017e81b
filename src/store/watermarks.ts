import type { WatermarkRepository } from '../domain/store.ts';
import { one, run, type Session } from './session.ts';

export const watermarks = (session: Session): WatermarkRepository => ({
  get: async (reader) => (await session.read(() => one<{ until_ms: number }>('SELECT until_ms FROM watermark WHERE reader = ?', reader)))?.until_ms ?? null,
  set: async (reader, untilMs) => {
    await session.beside(() =>
      run('INSERT INTO watermark (reader, until_ms) VALUES (?, ?) ON CONFLICT (reader) DO UPDATE SET until_ms = excluded.until_ms', reader, untilMs),
    );
  },
});
