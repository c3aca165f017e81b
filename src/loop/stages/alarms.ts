import { alarmEpisodes, resourceFinder } from '../detection/alarms.ts';
import type { Ops } from '../ops.ts';

const READER = 'alarms';
const BATCH = 2000;
const MOST_LIVE = 10_000;
const REMEMBER_MS = 2 * 3_600_000; // an alarm that comes later than this after its end begins anew

/** Turns the alarms of others that arrived into anomalies; what was read and the anomalies are saved together, so that a crash repeats or loses nothing. */
export async function alarms(ops: Ops): Promise<void> {
  const { store } = ops;
  for (;;) {
    const after = (await store.watermarks.get(READER)) ?? 0;
    const { alarms: arrived, sequence } = await store.signals.alarmsSince(after, BATCH);
    if (arrived.length === 0) return;
    const nowMs = ops.clock.now();
    const [live, past, topology, series] = await Promise.all([
      store.anomalies.live(MOST_LIVE),
      store.anomalies.between({ fromMs: nowMs - REMEMBER_MS, toMs: nowMs }, MOST_LIVE),
      store.signals.topology(),
      arrived.some((alarm) => alarm.resourceId === null && alarm.metric !== null) ? store.metrics.describe() : [],
    ]);
    const known = {
      live: new Map(live.filter((one) => one.method === 'alarm').map((one) => [one.key, one])),
      endedAtMs: new Map(past.flatMap((one) => (one.method === 'alarm' && one.endedAtMs !== null ? [[one.key, one.endedAtMs] as const] : []))),
    };
    const changed = alarmEpisodes(arrived, known, resourceFinder(topology.resources, series));
    await store.transaction(async (tx) => {
      await tx.anomalies.save(changed);
      await tx.watermarks.set(READER, sequence);
      for (const { incidentId } of changed) if (incidentId !== null) await tx.outbox.add({ type: 'incident', incidentId }, nowMs);
    });
  }
}
