import type { Actor } from '../domain/actor.ts';
import type { Incident, IncidentDraft, IncidentState } from '../domain/incident.ts';
import { incidentName } from '../domain/names.ts';
import type { IncidentRepository } from '../domain/store.ts';
import { assignAnomalies } from './anomalies.ts';
import { appendAudit } from './audit.ts';
import { bounded, numberOf, patched, where } from './rows.ts';
import { all, one, run, type Session, type Work } from './session.ts';

/** Audit rows: `incident.opened`; a move writes its own verb with `from` and `to` in the detail. */
export const incidents = (session: Session): IncidentRepository => ({
  open: (draft, actor) => session.write(() => open(draft, actor)),
  get: (id) => session.read(() => find(id)),
  list: (query) => session.read(() => list(query)),
  move: (id, move) =>
    session.write(function* () {
      const before = yield* find(id);
      if (before === null || !move.from.includes(before.state)) return null;
      const after: Incident = { ...patched(before, { updatedAtMs: move.atMs, ...move.patch }), id: before.id, state: move.to };
      if (!(yield* update(after, before.state))) return null;
      yield* appendAudit({ actor: move.actor, verb: move.verb, subject: after.id, detail: { ...move.detail, from: before.state, to: after.state } }, move.atMs);
      return after;
    }),
  patch: (id, patch, audit, atMs) =>
    session.write(function* () {
      const before = yield* find(id);
      if (before === null) return null;
      const after: Incident = { ...patched(before, { updatedAtMs: atMs, ...patch }), id: before.id, state: before.state };
      if (!(yield* update(after, before.state))) return null;
      if (audit !== null) yield* appendAudit({ ...audit, subject: after.id }, atMs);
      return after;
    }),
});

function* open(draft: IncidentDraft, actor: Actor): Work<Incident> {
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
  const row = yield* one<{ n: number }>("INSERT INTO incident (state, service, body) VALUES ('open', ?, ?) RETURNING n", draft.service, JSON.stringify(body));
  const incident: Incident = { id: incidentName(row?.n ?? 0), state: 'open', ...body };
  yield* assignAnomalies(anomalyIds, incident.id);
  const detail = {
    title: draft.title,
    severity: draft.severity,
    service: draft.service,
    resourceIds: draft.resourceIds.slice(0, 20),
    anomalies: anomalyIds.length,
  };
  yield* appendAudit({ actor, verb: 'incident.opened', subject: incident.id, detail }, draft.openedAtMs);
  return incident;
}

interface Row {
  readonly n: number;
  readonly state: IncidentState;
  readonly body: string;
}

const toIncident = (row: Row): Incident => ({ ...(JSON.parse(row.body) as Incident), id: incidentName(row.n), state: row.state });

function* find(id: string): Work<Incident | null> {
  const n = numberOf('INC', id);
  const row = n === null ? null : yield* one<Row>('SELECT n, state, body FROM incident WHERE n = ?', n);
  return row === null ? null : toIncident(row);
}

function* list(query: Parameters<IncidentRepository['list']>[0]): Work<readonly Incident[]> {
  const before = query.before === undefined ? null : numberOf('INC', query.before);
  const found = where(
    ['state IN (SELECT value FROM json_each(?))', query.states === undefined ? null : JSON.stringify(query.states)],
    ['service = ?', query.service],
    ['n < ?', before],
  );
  const rows = yield* all<Row>(`SELECT n, state, body FROM incident ${found.sql} ORDER BY n DESC LIMIT ?`, ...found.values, bounded(query.limit));
  return rows.map(toIncident);
}

function* update(incident: Incident, from: IncidentState): Work<boolean> {
  const { id, state, ...body } = incident;
  const sql = 'UPDATE incident SET state = ?, service = ?, body = ? WHERE n = ? AND state = ?';
  return (yield* run(sql, state, incident.service, JSON.stringify(body), numberOf('INC', id), from)) === 1;
}
