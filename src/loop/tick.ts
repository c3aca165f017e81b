import { toOpsError } from '../domain/errors.ts';
import type { Ops } from './ops.ts';
import { runStage, type Stage } from './stage.ts';

/** How the loop itself is doing; what `status` and `/healthz` tell. */
export class TickHealth {
  lastTickAtMs: number | null = null;
  lastTickMs: number | null = null; // how long it took, in real milliseconds
  errors = 0; // stages that failed since start
  lastError: string | null = null;
}

/**
 * Makes the tick: runs the stages in order, once. Ticks never overlap: a call during a tick waits for that tick and starts
 * none of its own. A stage that fails as a whole is counted and logged; the following ones still run.
 */
export function createTick(ops: Ops, stages: readonly Stage[]): () => Promise<void> {
  let running: Promise<void> | null = null;
  const once = async (): Promise<void> => {
    const startedMs = performance.now();
    for (const stage of stages) {
      try {
        await runStage(ops, stage);
      } catch (thrown) {
        ops.health.errors += 1;
        ops.health.lastError = `${stage.name}: ${toOpsError(thrown).message}`;
        ops.log.error({ stage: stage.name, err: thrown }, 'a stage failed; it is tried again at the next tick');
      }
    }
    ops.health.lastTickAtMs = ops.clock.now();
    ops.health.lastTickMs = performance.now() - startedMs;
  };
  return () => {
    running ??= once().finally(() => {
      running = null;
    });
    return running;
  };
}
