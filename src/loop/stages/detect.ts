import type { Ops } from '../ops.ts';

/** Looks at the points that came and files what is not as it should be; open incidents are shown anew when theirs moved. */
export async function detect(ops: Ops): Promise<void> {
  const nowMs = ops.clock.now();
  const { anomalies } = await ops.detection.run(nowMs);
  const touched = new Set(anomalies.flatMap((anomaly) => (anomaly.incidentId === null ? [] : [anomaly.incidentId])));
  for (const incidentId of touched) await ops.store.outbox.add({ type: 'incident', incidentId }, nowMs);
}
