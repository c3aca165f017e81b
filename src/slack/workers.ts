/** Work that goes on after Slack was acknowledged: so many at once, so many waiting, the rest refused. */
export interface Workers {
  /** False: too much is waiting already, nothing was started. `work` must not throw. */
  run(work: () => Promise<void>): boolean;
  /** Resolves when nothing is running or waiting, or after `timeoutMs`. */
  idle(timeoutMs: number): Promise<void>;
}

export function createWorkers(atOnce = 16, waitingMax = 1000): Workers {
  const waiting: (() => Promise<void>)[] = [];
  const listeners = new Set<() => void>();
  let running = 0;
  const next = (): void => {
    while (running < atOnce) {
      const work = waiting.shift();
      if (work === undefined) break;
      running += 1;
      void work().finally(() => {
        running -= 1;
        next();
      });
    }
    if (running === 0 && waiting.length === 0) for (const listener of listeners) listener();
  };
  return {
    run(work) {
      if (waiting.length >= waitingMax + atOnce - running) return false;
      waiting.push(work);
      setImmediate(next); // what has just arrived is acknowledged first
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
