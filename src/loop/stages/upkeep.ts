import type { Ops } from '../ops.ts';
import { pruneTo, squeeze } from '../squeeze.ts';

const EVERY_MS = 3_600_000;
const KEEP_SIGNALS_MS = 7 * 24 * 3_600_000;
const KEEP_STORMS_MS = 30 * 24 * 3_600_000;

/** Once an hour: what is too old goes, and what makes the store too large. Incidents, plans and the audit stay. */
export async function upkeep(ops: Ops): Promise<void> {
  const nowMs = ops.clock.now();
  const last = await ops.store.watermarks.get('upkeep');
  if (last !== null && nowMs - last < EVERY_MS) return;
  const kept = { metricsMs: ops.keepMetricsMs, signalsMs: KEEP_SIGNALS_MS };
  await pruneTo(ops, kept, nowMs);
  await ops.store.dedupe.prune(nowMs - KEEP_SIGNALS_MS);
  for (const prefix of ['cards:', 'storm', 'digest:']) await ops.store.settings.prune(prefix, nowMs - KEEP_STORMS_MS);
  await squeeze(ops, kept, nowMs);
  await ops.store.watermarks.set('upkeep', nowMs);
}
