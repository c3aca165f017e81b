import type { Attempt, AttemptRepository } from '../domain/store.ts';
import type { Session } from './session.ts';

export const attempts = (session: Session): AttemptRepository => ({
  get: (incidentId, stage) =>
    session.read(
      (db) =>
        db.get<Attempt>('SELECT stage, attempts, next_at_ms AS nextAtMs, error FROM attempt WHERE incident_id = ? AND stage = ?', incidentId, stage) ?? null,
    ),
  put: (incidentId, attempt) =>
    session.write((db) => {
      db.run('INSERT OR REPLACE INTO attempt VALUES (?, ?, ?, ?, ?)', incidentId, attempt.stage, attempt.attempts, attempt.nextAtMs, attempt.error);
    }),
  clear: (incidentId, stage) =>
    session.write((db) => {
      db.run('DELETE FROM attempt WHERE incident_id = ? AND stage = ?', incidentId, stage);
    }),
});
