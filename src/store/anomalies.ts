import type { Anomaly } from '../domain/anomaly.ts';
import type { AnomalyRepository } from '../domain/store.ts';
import type { Connection } from './connection.ts';
import { bounded } from './rows.ts';
import type { Session } from './session.ts';

const OLDEST_FIRST = 'ORDER BY started_at_ms, rowid LIMIT ?';
const OF_INCIDENT_MAX = 10_000;

export const anomalies = (session: Session): AnomalyRepository => ({
  save: (list) =>
    session.write((db) => {
      for (const anomaly of list) save(db, anomaly);
    }),
  get: (id) => session.read((db) => select(db, 'WHERE id = ?', id)[0] ?? null),
  unassigned: (limit) => session.read((db) => select(db, `WHERE incident_id IS NULL ${OLDEST_FIRST}`, bounded(limit))),
  assign: (anomalyIds, incidentId) => session.write((db) => assignAnomalies(db, anomalyIds, incidentId)),
  ofIncident: (incidentId) => session.read((db) => select(db, `WHERE incident_id = ? ${OLDEST_FIRST}`, incidentId, OF_INCIDENT_MAX)),
  live: (limit) => session.read((db) => select(db, `WHERE ended_at_ms IS NULL ${OLDEST_FIRST}`, bounded(limit))),
  between: (window, limit) =>
    session.read((db) => select(db, `WHERE started_at_ms > ? AND started_at_ms <= ? ${OLDEST_FIRST}`, window.fromMs, window.toMs, bounded(limit))),
});

/** An anomaly belongs to one incident: those already in one stay there. */
export function assignAnomalies(db: Connection, anomalyIds: readonly string[], incidentId: string): void {
  for (const id of anomalyIds) db.run('UPDATE anomaly SET incident_id = ? WHERE id = ? AND incident_id IS NULL', incidentId, id);
}

function save(db: Connection, anomaly: Anomaly): void {
  db.run(
    `INSERT INTO anomaly (id, incident_id, started_at_ms, ended_at_ms, body) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET incident_id = coalesce(incident_id, excluded.incident_id),
       started_at_ms = excluded.started_at_ms, ended_at_ms = excluded.ended_at_ms, body = excluded.body`,
    anomaly.id,
    anomaly.incidentId,
    anomaly.startedAtMs,
    anomaly.endedAtMs,
    JSON.stringify(anomaly),
  );
}

function select(db: Connection, filter: string, ...values: (string | number)[]): readonly Anomaly[] {
  const rows = db.all<{ incident_id: string | null; body: string }>(`SELECT incident_id, body FROM anomaly ${filter}`, ...values);
  return rows.map((row) => ({ ...(JSON.parse(row.body) as Anomaly), incidentId: row.incident_id }));
}
