import { OpsError } from '../domain/errors.ts';
import type { Clock } from '../domain/ports.ts';
import type { DetectorRepository } from '../domain/store.ts';
import { appendAudit } from './audit.ts';
import { insertMany } from './bulk.ts';
import { all, run, type Session } from './session.ts';

const STATES = {
  table: 'detector_state',
  columns: { key: 'text', state: 'bytea' },
  conflict: 'ON CONFLICT (key) DO UPDATE SET state = excluded.state',
} as const;

export const detector = (session: Session, clock: Clock): DetectorRepository => ({
  load: async () => {
    const rows = await session.read(() => all<{ key: string; state: Uint8Array }>('SELECT key, state FROM detector_state ORDER BY key'));
    return new Map(rows.map(({ key, state }) => [key, new Uint8Array(state.buffer, state.byteOffset, state.byteLength)]));
  },
  save: async (states) => {
    await session.beside(() => insertMany(STATES, [...states]));
  },
  sensitivities: async () => {
    const rows = await session.read(() => all<{ key: string; factor: number }>('SELECT key, factor FROM sensitivity'));
    return new Map(rows.map(({ key, factor }) => [key, factor]));
  },
  setSensitivity: async (key, factor, audit) => {
    if (!(factor >= 0.1 && factor <= 1)) throw new OpsError('invalid_input', `A sensitivity of ${factor} is out of bounds.`, 'It goes from 0.1 to 1.');
    await session.write(function* () {
      yield* run('INSERT INTO sensitivity (key, factor) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET factor = excluded.factor', key, factor);
      yield* appendAudit(audit, clock.now());
    });
  },
});
