import { OpsError } from '../domain/errors.ts';
import type { Clock } from '../domain/ports.ts';
import type { DetectorRepository } from '../domain/store.ts';
import { appendAudit } from './audit.ts';
import type { Session } from './session.ts';

export const detector = (session: Session, clock: Clock): DetectorRepository => ({
  load: () =>
    session.read((db) => {
      const rows = db.all<{ key: string; state: Uint8Array }>('SELECT key, state FROM detector_state ORDER BY key');
      return new Map(rows.map(({ key, state }) => [key, new Uint8Array(state.buffer, state.byteOffset, state.byteLength)]));
    }),
  save: (states) =>
    session.write((db) => {
      for (const [key, state] of states) db.run('INSERT INTO detector_state VALUES (?, ?) ON CONFLICT DO UPDATE SET state = excluded.state', key, state);
    }),
  sensitivities: () =>
    session.read((db) => new Map(db.all<{ key: string; factor: number }>('SELECT key, factor FROM sensitivity').map(({ key, factor }) => [key, factor]))),
  setSensitivity: async (key, factor, audit) => {
    if (!(factor >= 0.1 && factor <= 1)) throw new OpsError('invalid_input', `A sensitivity of ${factor} is out of bounds.`, 'It goes from 0.1 to 1.');
    await session.write((db) => {
      db.run('INSERT INTO sensitivity VALUES (?, ?) ON CONFLICT DO UPDATE SET factor = excluded.factor', key, factor);
      appendAudit(db, audit, clock.now());
    });
  },
});
