import { LIVE_INCIDENT_STATES } from '../../domain/incident.ts';
import type { StatusView } from '../../domain/views.ts';
import { howItGoes } from '../how-it-goes.ts';
import type { Ops } from '../ops.ts';

/** How the loop is doing and what waits for people. */
export async function status(ops: Ops): Promise<StatusView> {
  const { store, replicas, knowledge } = ops;
  const ingestion = knowledge.ingestion?.();
  const [loop, openIncidents, waitingPlans, paused, outboxSize, series, patterns, team] = await Promise.all([
    howItGoes(ops),
    store.incidents.list({ states: LIVE_INCIDENT_STATES, limit: 50 }),
    store.plans.list({ states: ['notified', 'awaiting_approval'], limit: 50 }),
    store.switches.list(),
    store.outbox.size(),
    store.metrics.count(),
    knowledge.count(),
    replicas.list(),
  ]);
  return {
    nowMs: ops.clock.now(),
    ...loop,
    openIncidents,
    waitingPlans,
    paused,
    outboxSize,
    series,
    patterns,
    ...(ingestion === undefined ? {} : { ingestion }),
    ...(team.length === 0 ? {} : { replicas: team }),
  };
}
