import { AsyncResource } from 'node:async_hooks';
import { setImmediate as turn } from 'node:timers/promises';

/** Work that goes on after Slack was acknowledged: so many at once, so many waiting, the rest refused. */
export interface Workers {
  /** False: too much is waiting already, nothing was started. `work` must not throw. */
  run(work: () => Promise<void>): boolean;
  /** Resolves when nothing is running or waiting, or after `timeoutMs`. */
  idle(timeoutMs: number): Promise<void>;
}

const QUIET_TURNS = 4;
const HOLD_MAX_MS = 200;

/**
 * Acknowledgements go first. Two hundred commands arrive over several turns of the event loop, so work starts once a few turns
 * brought nothing new (or after 200 ms of a flood), and then one piece a turn: each reads the store, which holds the thread.
 */
export function createWorkers(atOnce = 16, waitingMax = 1000, now: () => number = () => performance.now()): Workers {
  const waiting: (() => Promise<void>)[] = [];
  const listeners = new Set<() => void>();
  let running = 0;
  let arrivals = 0;
  let starting = false;
  const settled = (): void => {
    if (running === 0 && waiting.length === 0) for (const listener of listeners) listener();
  };
  const quiet = async (): Promise<void> => {
    const untilMs = now() + HOLD_MAX_MS;
    for (let seen = arrivals, calm = 0; calm < QUIET_TURNS && now() < untilMs; calm += 1) {
      await turn();
      if (arrivals !== seen) calm = -1;
      seen = arrivals;
    }
  };
  const start = async (): Promise<void> => {
    if (starting) return;
    starting = true;
    await quiet();
    while (running < atOnce) {
      const work = waiting.shift();
      if (work === undefined) break;
      running += 1;
      void work().finally(() => {
        running -= 1;
        void start();
        settled();
      });
      await turn();
    }
    starting = false;
    settled();
  };
  return {
    run(work) {
      if (waiting.length >= waitingMax + atOnce - running) return false;
      waiting.push(AsyncResource.bind(work)); // it stays in the context of whoever asked
      arrivals += 1;
      void start();
      return true;
    },
    async idle(timeoutMs) {
      if (running === 0 && waiting.length === 0) return;
      await new Promise<void>((resolve) => {
        const done = (): void => {
          clearTimeout(timer);
          listeners.delete(done);
          resolve();
        };
        const timer = setTimeout(done, timeoutMs);
        listeners.add(done);
      });
    },
  };
}
