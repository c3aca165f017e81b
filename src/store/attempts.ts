import type { Attempt, AttemptRepository } from '../domain/store.ts';
import { one, run, type Session } from './session.ts';

export const attempts = (session: Session): AttemptRepository => ({
  get: (incidentId, stage) =>
    session.read(() =>
      one<Attempt>('SELECT stage, attempts, next_at_ms AS "nextAtMs", error FROM attempt WHERE incident_id = ? AND stage = ?', incidentId, stage),
    ),
  put: (incidentId, attempt) =>
    session.beside(function* () {
      yield* run(
        `INSERT INTO attempt (incident_id, stage, attempts, next_at_ms, error) VALUES (?, ?, ?, ?, ?)
         ON CONFLICT (incident_id, stage) DO UPDATE SET attempts = excluded.attempts, next_at_ms = excluded.next_at_ms, error = excluded.error`,
        incidentId,
        attempt.stage,
        attempt.attempts,
        attempt.nextAtMs,
        attempt.error,
      );
    }),
  clear: (incidentId, stage) =>
    session.beside(function* () {
      yield* run('DELETE FROM attempt WHERE incident_id = ? AND stage = ?', incidentId, stage);
    }),
});
