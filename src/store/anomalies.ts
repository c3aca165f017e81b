import type { Anomaly } from '../domain/anomaly.ts';
import type { AnomalyRepository } from '../domain/store.ts';
import { bounded } from './rows.ts';
import { all, run, type Session, type Value, type Work } from './session.ts';

const OLDEST_FIRST = 'ORDER BY started_at_ms, rowid LIMIT ?';
const OF_INCIDENT_MAX = 10_000;

export const anomalies = (session: Session): AnomalyRepository => ({
  save: (list) =>
    session.beside(function* () {
      for (const anomaly of list) yield* save(anomaly);
    }),
  get: async (id) => (await session.read(() => select('WHERE id = ?', id)))[0] ?? null,
  unassigned: (limit) => session.read(() => select(`WHERE incident_id IS NULL ${OLDEST_FIRST}`, bounded(limit))),
  assign: (anomalyIds, incidentId) => session.beside(() => assignAnomalies(anomalyIds, incidentId)),
  ofIncident: (incidentId) => session.read(() => select(`WHERE incident_id = ? ${OLDEST_FIRST}`, incidentId, OF_INCIDENT_MAX)),
  live: (limit) => session.read(() => select(`WHERE ended_at_ms IS NULL ${OLDEST_FIRST}`, bounded(limit))),
  between: (window, limit) =>
    session.read(() => select(`WHERE started_at_ms > ? AND started_at_ms <= ? ${OLDEST_FIRST}`, window.fromMs, window.toMs, bounded(limit))),
});

/** An anomaly belongs to one incident: those already in one stay there. */
export function* assignAnomalies(anomalyIds: readonly string[], incidentId: string): Work<void> {
  for (const id of anomalyIds) yield* run('UPDATE anomaly SET incident_id = ? WHERE id = ? AND incident_id IS NULL', incidentId, id);
}

function save(anomaly: Anomaly): Work<number> {
  return run(
    `INSERT INTO anomaly (id, incident_id, started_at_ms, ended_at_ms, body) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET incident_id = coalesce(anomaly.incident_id, excluded.incident_id),
       started_at_ms = excluded.started_at_ms, ended_at_ms = excluded.ended_at_ms, body = excluded.body`,
    anomaly.id,
    anomaly.incidentId,
    anomaly.startedAtMs,
    anomaly.endedAtMs,
    JSON.stringify(anomaly),
  );
}

function* select(filter: string, ...values: readonly Value[]): Work<readonly Anomaly[]> {
  const rows = yield* all<{ incident_id: string | null; body: string }>(`SELECT incident_id, body FROM anomaly ${filter}`, ...values);
  return rows.map((row) => ({ ...(JSON.parse(row.body) as Anomaly), incidentId: row.incident_id }));
}
