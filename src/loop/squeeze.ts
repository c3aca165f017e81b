import type { Ops } from './ops.ts';

const LEAST_MS = 2 * 3_600_000; // the loop itself looks so far back
const STEPS_MAX = 12;
const GROWN_TO = 'upkeep:bytes';

/** How long metrics, and logs, changes and alarms, are kept. */
export interface Kept {
  readonly metricsMs: number;
  readonly signalsMs: number;
}

/** Half as long, down to two hours; null: there is nothing more to give. */
export function halved({ metricsMs, signalsMs }: Kept): Kept | null {
  const shorter = { metricsMs: Math.max(LEAST_MS, metricsMs / 2), signalsMs: Math.max(LEAST_MS, signalsMs / 2) };
  return shorter.metricsMs < metricsMs || shorter.signalsMs < signalsMs ? shorter : null;
}

/**
 * Keeps the store under its size: the oldest metrics, logs, changes, alarms and remembered answers go first. Incidents, plans and the
 * audit are never touched. SQLite says what is in use. PostgreSQL only says how large it is, and space that is free again stays with
 * it: there one step an hour is taken, and only while it still grows.
 */
export async function squeeze(ops: Ops, kept: Kept, nowMs: number): Promise<void> {
  const mostBytes = ops.maxStoreBytes;
  if (mostBytes === null) return;
  let next: Kept | null = kept;
  for (let step = 0; step < STEPS_MAX && (await isOver(ops, mostBytes)); step += 1) {
    next = halved(next);
    if (next === null) break;
    await pruneTo(ops, next, nowMs);
    if (ops.store.engine === 'postgres') return;
  }
  if (await isOver(ops, mostBytes)) ops.log.warn({ mostBytes }, 'the store is over store.max_size_mb, and what is left is never deleted');
}

async function isOver({ store }: Ops, mostBytes: number): Promise<boolean> {
  const { used, database = 0 } = await store.bytes();
  if (used !== undefined) return used > mostBytes;
  if (database <= mostBytes) return false;
  const grownTo = (await store.watermarks.get(GROWN_TO)) ?? 0;
  if (database > grownTo) await store.watermarks.set(GROWN_TO, database);
  return database > grownTo;
}

/** Everything older than that goes. */
export async function pruneTo({ store }: Ops, { metricsMs, signalsMs }: Kept, nowMs: number): Promise<void> {
  await store.metrics.prune(nowMs - metricsMs);
  await store.signals.prune(nowMs - signalsMs);
  await store.settings.prune('idem:', nowMs - Math.min(signalsMs, 24 * 3_600_000));
}
