import { system } from '../../domain/actor.ts';
import { explain } from '../../domain/explanation.ts';
import type { Incident, IncidentState } from '../../domain/incident.ts';
import type { Ops } from '../ops.ts';
import { stop } from '../plans/finish.ts';
import { tell } from '../plans/notices.ts';

const ACTOR = system('loop');
const CALM_MS = 3 * 60_000; // so long without any live anomaly counts as over

/** States in which an incident may end by itself; while an action runs or is checked, verification decides. */
export const MAY_RECOVER: readonly IncidentState[] = ['open', 'analysed', 'planned', 'unresolved', 'silenced'];

/** An incident whose anomalies have all ended is over; a plan that still waits is cancelled, since there is nothing left to fix. */
export async function recover(ops: Ops, incident: Incident): Promise<void> {
  const { store, clock } = ops;
  const anomalies = await store.anomalies.ofIncident(incident.id);
  const nowMs = clock.now();
  if (anomalies.length === 0 || anomalies.some((anomaly) => anomaly.endedAtMs === null || nowMs - anomaly.endedAtMs < CALM_MS)) return;
  for (const plan of await store.plans.list({ incidentId: incident.id, states: ['notified', 'awaiting_approval', 'approved'], limit: 20 })) {
    await stop(ops, plan.id, 'cancelled', ACTOR, 'the trouble ended by itself', ['notified', 'awaiting_approval', 'approved']);
  }
  await store.transaction(async (tx) => {
    const patch = { resolvedAtMs: nowMs, resolution: 'recovered' as const };
    const moved = await tx.incidents.move(incident.id, {
      from: MAY_RECOVER,
      to: 'resolved',
      patch,
      actor: ACTOR,
      verb: 'incident.resolved',
      detail: { resolution: 'recovered' },
      atMs: nowMs,
    });
    if (moved === null || incident.state === 'silenced') return;
    await tell(tx, incident.id, explain('incident.recovered', 'Back to normal by itself.'), nowMs);
    await tx.outbox.add({ type: 'incident', incidentId: incident.id }, nowMs);
  });
}
