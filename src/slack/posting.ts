import { setTimeout as sleep } from 'node:timers/promises';

const WAIT_MAX_MS = 2000;

/**
 * Messages on their way: Slack shows a card a moment before the store knows whose it is, and somebody (or a script) may
 * press or answer in that moment. Who finds a message unknown waits for these before believing it.
 */
export interface Posting {
  /** Posts and files a message as one thing to wait for. */
  run<T>(work: () => Promise<T>): Promise<T>;
  settled(): Promise<void>;
}

export function createPosting(): Posting {
  const underWay = new Set<Promise<unknown>>();
  return {
    async run(work) {
      const mine = work();
      underWay.add(mine);
      try {
        return await mine;
      } finally {
        underWay.delete(mine);
      }
    },
    async settled() {
      if (underWay.size === 0) return;
      const abort = new AbortController();
      const late = sleep(WAIT_MAX_MS, undefined, { signal: abort.signal }).catch(() => {});
      await Promise.race([Promise.allSettled([...underWay]), late]);
      abort.abort();
    },
  };
}
