import { setTimeout as sleep } from 'node:timers/promises';

/** Lets calls pass at most so many a second, in order. For APIs whose limit is known (LookupEvents: 2 a second). */
export class Pace {
  readonly #gapMs: number;
  #nextAtMs = 0;

  constructor(perSecond: number) {
    this.#gapMs = 1000 / perSecond;
  }

  async turn(signal: AbortSignal): Promise<void> {
    const nowMs = performance.now();
    const atMs = Math.max(nowMs, this.#nextAtMs);
    this.#nextAtMs = atMs + this.#gapMs;
    if (atMs > nowMs) await sleep(atMs - nowMs, undefined, { signal });
  }
}

/** Runs the work on every item, at most `width` at once; results in order. The first failure ends it. */
export async function inParallel<T, R>(items: readonly T[], width: number, work: (item: T, index: number) => Promise<R>): Promise<R[]> {
  const results = new Array<R>(items.length);
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < items.length) {
      const index = next;
      next += 1;
      results[index] = await work(items[index] as T, index);
    }
  };
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, lane));
  return results;
}
