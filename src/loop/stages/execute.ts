import type { Ops } from '../ops.ts';

/** Expires, reminds and runs plans; approvals and countdowns between ticks do the same at once. */
export async function execute(ops: Ops): Promise<void> {
  await ops.executor.kick();
}
