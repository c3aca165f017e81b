import { LIVE_INCIDENT_STATES } from '../../domain/incident.ts';
import type { StatusView } from '../../domain/views.ts';
import type { Ops } from '../ops.ts';

/** How the loop is doing and what waits for people. */
export async function status(ops: Ops): Promise<StatusView> {
  const { store, health, collector } = ops;
  const [openIncidents, waitingPlans, paused, outboxSize, series, patterns] = await Promise.all([
    store.incidents.list({ states: LIVE_INCIDENT_STATES, limit: 50 }),
    store.plans.list({ states: ['notified', 'awaiting_approval'], limit: 50 }),
    store.switches.list(),
    store.outbox.size(),
    store.metrics.count(),
    ops.knowledge.count(),
  ]);
  return {
    nowMs: ops.clock.now(),
    lastTickAtMs: health.lastTickAtMs,
    lastTickMs: health.lastTickMs,
    tickErrors: health.errors,
    sources: collector.status(),
    openIncidents,
    waitingPlans,
    paused,
    outboxSize,
    series,
    patterns,
  };
}
