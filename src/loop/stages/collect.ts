import type { Ops } from '../ops.ts';

/** Reads every source a little further. A source that fails is on the status card; the loop goes on with the others. */
export async function collect(ops: Ops): Promise<void> {
  const report = await ops.collector.run(ops.store, ops.clock);
  for (const gap of report.gaps) ops.log.warn({ gap }, 'something could not be collected');
}
