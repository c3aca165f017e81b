import { writeCheckpoint } from '../checkpoints.ts';
import type { Ops } from '../ops.ts';

const EVERY_MS = 3_600_000;

/** Once an hour the end of the audit chain is signed and put into the archive, where the config has a key. */
export async function checkpoint(ops: Ops): Promise<void> {
  if (ops.auditKey === null) return;
  const nowMs = ops.clock.now();
  const last = await ops.store.watermarks.get('checkpoint');
  if (last !== null && nowMs - last < EVERY_MS) return;
  await writeCheckpoint(ops.store, ops.archive, ops.auditKey, nowMs);
  await ops.store.watermarks.set('checkpoint', nowMs);
}
