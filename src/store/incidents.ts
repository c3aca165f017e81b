import type { Actor } from '../domain/actor.ts';
import type { Incident, IncidentDraft, IncidentState } from '../domain/incident.ts';
import { incidentName } from '../domain/names.ts';
import type { IncidentRepository } from '../domain/store.ts';
import { assignAnomalies } from './anomalies.ts';
import { appendAudit } from './audit.ts';
import type { Connection } from './connection.ts';
import { bounded, numberOf, patched, where } from './rows.ts';
import type { Session } from './session.ts';

/** Audit rows: `incident.opened`; a move writes its own verb with `from` and `to` in the detail. */
export const incidents = (session: Session): IncidentRepository => ({
  open: (draft, actor) => session.write((db) => open(db, draft, actor)),
  get: (id) => session.read((db) => find(db, id)),
  list: (query) => session.read((db) => list(db, query)),
  move: (id, move) =>
    session.write((db) => {
      const before = find(db, id);
      if (before === null || !move.from.includes(before.state)) return null;
      const after: Incident = { ...patched(before, { updatedAtMs: move.atMs, ...move.patch }), id: before.id, state: move.to };
      if (!update(db, after, before.state)) return null;
      appendAudit(db, { actor: move.actor, verb: move.verb, subject: after.id, detail: { ...move.detail, from: before.state, to: after.state } }, move.atMs);
      return after;
    }),
  patch: (id, patch, audit, atMs) =>
    session.write((db) => {
      const before = find(db, id);
      if (before === null) return null;
      const after: Incident = { ...patched(before, { updatedAtMs: atMs, ...patch }), id: before.id, state: before.state };
      if (!update(db, after, before.state)) return null;
      if (audit !== null) appendAudit(db, { ...audit, subject: after.id }, atMs);
      return after;
    }),
});

function open(db: Connection, draft: IncidentDraft, actor: Actor): Incident {
  const { anomalyIds, ...known } = draft;
  const body: Omit<Incident, 'id' | 'state'> = {
    ...known,
    updatedAtMs: draft.openedAtMs,
    resolvedAtMs: null,
    resolution: null,
    acknowledgedBy: null,
    matches: [],
    matchedAtMs: null,
    knowledgeSource: null,
    analysis: null,
    runbookSlug: null,
    failedStage: null,
  };
  const row = db.get<{ n: number }>("INSERT INTO incident (state, service, body) VALUES ('open', ?, ?) RETURNING n", draft.service, JSON.stringify(body));
  const incident: Incident = { id: incidentName(row?.n ?? 0), state: 'open', ...body };
  assignAnomalies(db, anomalyIds, incident.id);
  const detail = {
    title: draft.title,
    severity: draft.severity,
    service: draft.service,
    resourceIds: draft.resourceIds.slice(0, 20),
    anomalies: anomalyIds.length,
  };
  appendAudit(db, { actor, verb: 'incident.opened', subject: incident.id, detail }, draft.openedAtMs);
  return incident;
}

interface Row {
  readonly n: number;
  readonly state: IncidentState;
  readonly body: string;
}

const toIncident = (row: Row): Incident => ({ ...(JSON.parse(row.body) as Incident), id: incidentName(row.n), state: row.state });

function find(db: Connection, id: string): Incident | null {
  const n = numberOf('INC', id);
  const row = n === null ? undefined : db.get<Row>('SELECT n, state, body FROM incident WHERE n = ?', n);
  return row === undefined ? null : toIncident(row);
}

function list(db: Connection, query: Parameters<IncidentRepository['list']>[0]): readonly Incident[] {
  const before = query.before === undefined ? null : numberOf('INC', query.before);
  const found = where(
    ['state IN (SELECT value FROM json_each(?))', query.states === undefined ? null : JSON.stringify(query.states)],
    ['service = ?', query.service],
    ['n < ?', before],
  );
  return db.all<Row>(`SELECT n, state, body FROM incident ${found.sql} ORDER BY n DESC LIMIT ?`, ...found.values, bounded(query.limit)).map(toIncident);
}

function update(db: Connection, incident: Incident, from: IncidentState): boolean {
  const { id, state, ...body } = incident;
  const sql = 'UPDATE incident SET state = ?, service = ?, body = ? WHERE n = ? AND state = ?';
  return db.run(sql, state, incident.service, JSON.stringify(body), numberOf('INC', id), from) === 1;
}
