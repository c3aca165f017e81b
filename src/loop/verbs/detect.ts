import type { Actor } from '../../domain/actor.ts';
import { LIVE_INCIDENT_STATES } from '../../domain/incident.ts';
import type { CollectReport, DetectReport } from '../../domain/requests.ts';
import type { Ops } from '../ops.ts';
import { alarms } from '../stages/alarms.ts';
import { correlate } from '../stages/correlate.ts';
import { detect as runDetection } from '../stages/detect.ts';
import type { Rounds } from '../tick.ts';

const MOST = 50;

/** Only collects: what each source gave. With several replicas the leader does it. */
export async function collect(ops: Ops): Promise<CollectReport> {
  return await ops.leader.call<CollectReport>('collect');
}

/** Collects, detects and correlates now, without waiting for the next tick; the loop goes on from there. */
export async function detect(ops: Ops, actor: Actor): Promise<DetectReport> {
  const startedMs = ops.clock.now();
  const collected = await ops.leader.call<CollectReport>('detect');
  await ops.store.audit.append({ actor, verb: 'detect.asked', subject: 'detect', detail: { points: collected.points } }, startedMs);
  const incidents = await ops.store.incidents.list({ states: LIVE_INCIDENT_STATES, limit: MOST });
  return { collected, anomalies: await ops.store.anomalies.live(MOST), incidents: incidents.filter((one) => one.updatedAtMs >= startedMs) };
}

/** The leader's part of both, never beside a round: the same anomalies would be taken up twice. */
export const leaderWorks = (ops: Ops, { alone }: Pick<Rounds, 'alone'>): Readonly<Record<'collect' | 'detect', () => Promise<CollectReport>>> => ({
  collect: () => alone(() => collectHere(ops)),
  detect: () =>
    alone(async () => {
      const collected = await collectHere(ops);
      await runDetection(ops);
      await alarms(ops);
      await correlate(ops);
      return collected;
    }),
});

async function collectHere(ops: Ops): Promise<CollectReport> {
  return await ops.collector.run(ops.store, ops.clock);
}
