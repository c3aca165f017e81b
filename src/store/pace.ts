import type { PaceRepository } from '../domain/store.ts';
import { one, run, type Session, timed } from './session.ts';

const NEXT = timed(`INSERT INTO pace (channel, free_at_ms) VALUES (?, NOW + ?) ON CONFLICT (channel) DO UPDATE
  SET free_at_ms = (CASE WHEN pace.free_at_ms > NOW THEN pace.free_at_ms ELSE NOW END) + ? RETURNING free_at_ms - ? - NOW AS wait`);
const HOLD = timed(`INSERT INTO pace (channel, free_at_ms) VALUES (?, NOW + ?) ON CONFLICT (channel) DO UPDATE
  SET free_at_ms = CASE WHEN pace.free_at_ms > NOW + ? THEN pace.free_at_ms ELSE NOW + ? END`);

export const pace = (session: Session): PaceRepository => ({
  next: async (channel, everyMs) => {
    const row = await session.beside(() => one<{ wait: number }>(NEXT, channel, everyMs, everyMs, everyMs), 'leases');
    return Math.max(0, row?.wait ?? 0);
  },
  hold: async (channel, ms) => {
    await session.beside(() => run(HOLD, channel, ms, ms, ms), 'leases');
  },
});
