import type { Ops } from '../ops.ts';

/** Reads the log lines that came and files error templates that are new or come in bursts. */
export async function logs(ops: Ops): Promise<void> {
  await ops.logReader.run(ops.clock.now());
}
