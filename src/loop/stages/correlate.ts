import { GROUPING, correlate as group, type OpenIncident, serviceOf } from '../../detect/correlate.ts';
import { system } from '../../domain/actor.ts';
import type { Anomaly } from '../../domain/anomaly.ts';
import { type IncidentDraft, LIVE_INCIDENT_STATES } from '../../domain/incident.ts';
import type { Topology } from '../../domain/resource.ts';
import type { Repositories } from '../../domain/store.ts';
import { breathe } from '../breathe.ts';
import type { Ops } from '../ops.ts';
import { quietNow } from '../silences.ts';
import { admit } from '../storms.ts';

const ACTOR = system('loop');
const MOST_ANOMALIES = 2000;
const MOST_INCIDENTS = 500;
// Cards are what people see too many of, and storms share one; incidents stay apart far longer, so that none hides another.
const OPTIONS = { ...GROUPING, newPerServiceAnHour: 12 };

/** Makes incidents out of new anomalies, or adds them to open ones; what somebody silenced makes no noise. */
export async function correlate(ops: Ops): Promise<void> {
  const { store, clock } = ops;
  const fresh = await store.anomalies.unassigned(MOST_ANOMALIES);
  if (fresh.length === 0) return;
  const topology = await store.signals.topology();
  const nowMs = clock.now();
  const isQuiet = await quietNow(store, nowMs);
  const silenced = new Set(fresh.filter((anomaly) => isQuiet(anomaly.resourceId, serviceOf(anomaly.resourceId, topology))));
  const loud = fresh.filter((anomaly) => !silenced.has(anomaly));
  const grouping = group(loud, await openIncidents(ops), topology, nowMs, OPTIONS);
  for (const { anomaly, incidentId, reason } of grouping.join) {
    await breathe(); // in a storm there are thousands, and Slack waits for its acknowledgements
    await store.transaction((tx) => join(tx, anomaly, incidentId, reason, nowMs));
  }
  for (const { anomalies } of grouping.open) {
    await breathe();
    await store.transaction(async (tx) => {
      const incident = await tx.incidents.open(draftOf(anomalies, topology, nowMs), ACTOR);
      const stormId = await admit(tx, incident, ops.quiet, nowMs);
      await tx.outbox.add(stormId === null ? { type: 'incident', incidentId: incident.id } : { type: 'storm', stormId }, nowMs);
    });
  }
  for (const anomaly of silenced) {
    await store.transaction(async (tx) => {
      const incident = await tx.incidents.open(draftOf([anomaly], topology, nowMs), ACTOR);
      await tx.incidents.move(incident.id, { from: ['open'], to: 'silenced', actor: ACTOR, verb: 'incident.silenced', atMs: nowMs });
    });
  }
}

async function openIncidents(ops: Ops): Promise<OpenIncident[]> {
  const incidents = await ops.store.incidents.list({ states: LIVE_INCIDENT_STATES, limit: MOST_INCIDENTS });
  return incidents.map((incident) => ({ incident, resourceIds: new Set(incident.resourceIds) }));
}

async function join(tx: Repositories, anomaly: Anomaly, incidentId: string, reason: string, nowMs: number): Promise<void> {
  const incident = await tx.incidents.get(incidentId);
  if (incident === null) return;
  await tx.anomalies.assign([anomaly.id], incidentId);
  const resourceIds = incident.resourceIds.includes(anomaly.resourceId) ? incident.resourceIds : [...incident.resourceIds, anomaly.resourceId].slice(0, 200);
  const patch = { resourceIds, severity: Math.max(incident.severity, anomaly.severity), startedAtMs: Math.min(incident.startedAtMs, anomaly.startedAtMs) };
  await tx.incidents.patch(incidentId, patch, { actor: ACTOR, verb: 'incident.joined', detail: { anomaly: anomaly.id, key: anomaly.key, reason } }, nowMs);
  await tx.outbox.add({ type: 'incident', incidentId }, nowMs);
}

function draftOf(anomalies: readonly Anomaly[], topology: Topology, nowMs: number): IncidentDraft {
  const worst = anomalies.toSorted((a, b) => b.severity - a.severity);
  const main = worst[0];
  const resourceIds = [...new Set(worst.map((anomaly) => anomaly.resourceId))].slice(0, 200);
  const target = topology.resources.find((resource) => resource.id === resourceIds[0]);
  return {
    title: titleOf(main),
    severity: main?.severity ?? 0,
    service: serviceOf(resourceIds[0] ?? '', topology),
    environment: target?.environment ?? null,
    resourceIds,
    openedAtMs: nowMs,
    startedAtMs: Math.min(nowMs, ...anomalies.map((anomaly) => anomaly.startedAtMs)),
    anomalyIds: anomalies.map((anomaly) => anomaly.id),
  };
}

const DIRECTION = { up: 'high', down: 'low', flat: 'stuck', missing: 'missing' } as const;

/** "ecs/checkout: CPUUtilization high". */
function titleOf(anomaly: Anomaly | undefined): string {
  if (anomaly === undefined) return 'Something is wrong';
  const said = anomaly.explanation.params['template'] ?? anomaly.explanation.params['name'] ?? anomaly.key.replace(/^alarm:/, '');
  const what = anomaly.metric === null ? String(said).slice(0, 120) : `${anomaly.metric.name} ${DIRECTION[anomaly.direction]}`;
  return `${anomaly.resourceId}: ${what}`.slice(0, 300);
}
