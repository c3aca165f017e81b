import { setTimeout as sleep } from 'node:timers/promises';
import { toOpsError } from '../domain/errors.ts';
import type { Ops } from './ops.ts';
import { runStage, type Stage } from './stage.ts';

const GATHER_MS = 500; // alarms that come together are looked at together
const APART_MS = 2000; // from the end of a round between ticks to the next one

/** How the loop itself is doing; what `status` and `/healthz` tell. */
export class TickHealth {
  lastTickAtMs: number | null = null;
  lastTickMs: number | null = null; // how long it took, in real milliseconds
  errors = 0; // stages that failed since start
  lastError: string | null = null;
}

export interface Rounds {
  /** One round of everything; a call during a tick waits for that tick and starts none of its own. */
  tick(): Promise<void>;
  /** Something came that should not wait for the next tick: runs the urgent stages soon. Calls close together are one round. */
  hurry(): void;
  /** Runs work that no round may run beside, after those that wait already. */
  alone<T>(work: () => Promise<T>): Promise<T>;
  /** Nothing new begins; waits for what is under way. */
  close(): Promise<void>;
}

/**
 * The rounds of the loop: the stages in order, once a tick, and the urgent ones between ticks. Rounds never overlap. A stage
 * that fails as a whole is counted and logged; the following ones still run.
 */
export function createRounds(ops: Ops, stages: readonly Stage[], urgent: readonly Stage[] = []): Rounds {
  const closing = new AbortController();
  let last: Promise<unknown> = Promise.resolve();
  let ticking: Promise<void> | null = null;
  let hurrying: Promise<void> | null = null;
  let again = false;
  const alone = <T>(work: () => Promise<T>): Promise<T> => {
    const turn = last.then(work);
    last = turn.catch(() => undefined); // who waits for it is told; the next round is not held up
    return turn;
  };
  const tick = async (): Promise<void> => {
    const startedMs = performance.now();
    await ops.step('tick', {}, () => runAll(ops, stages));
    ops.health.lastTickAtMs = ops.clock.now();
    ops.health.lastTickMs = performance.now() - startedMs;
  };
  const between = async (): Promise<void> => {
    while (again && (await pause(GATHER_MS, closing.signal))) {
      again = false;
      await alone(() => ops.step('urgent round', {}, () => runAll(ops, urgent)));
      await pause(APART_MS, closing.signal);
    }
  };
  return {
    tick() {
      ticking ??= alone(tick).finally(() => {
        ticking = null;
      });
      return ticking;
    },
    hurry() {
      again = true;
      hurrying ??= between().finally(() => {
        hurrying = null;
      });
    },
    alone,
    async close() {
      closing.abort();
      await hurrying;
      await last;
    },
  };
}

async function runAll(ops: Ops, stages: readonly Stage[]): Promise<void> {
  for (const stage of stages) if (ops.replicas.leads()) await runOne(ops, stage);
}

/** One stage, whose failure is counted and logged and goes no further. */
export async function runOne(ops: Ops, stage: Stage): Promise<void> {
  try {
    await ops.step(`stage ${stage.name}`, { stage: stage.name }, () => runStage(ops, stage));
  } catch (thrown) {
    ops.health.errors += 1;
    ops.health.lastError = `${stage.name}: ${toOpsError(thrown).message}`;
    ops.log.error({ stage: stage.name, err: thrown }, 'a stage failed; it is tried again at the next tick');
  }
}

/** False: it is over. */
const pause = (ms: number, signal: AbortSignal): Promise<boolean> =>
  sleep(ms, undefined, { signal }).then(
    () => true,
    () => false,
  );
