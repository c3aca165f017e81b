import { setTimeout as sleep } from 'node:timers/promises';

/** Reads again and again until it is so. Ends with the signal's own error when that comes first. */
export async function until<T>(read: () => Promise<T>, isSo: (now: T) => boolean, pollMs: number, signal: AbortSignal): Promise<T> {
  for (;;) {
    const now = await read();
    if (isSo(now)) return now;
    await sleep(pollMs, undefined, { signal });
  }
}
