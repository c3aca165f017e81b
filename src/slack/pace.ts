import { TIMING } from './timing.ts';

const CHANNELS_MAX = 2000;

/** Real time, not the loop's clock: Slack counts real seconds, also when an account is simulated faster. */
export interface RealTime {
  now(): number;
  sleep(ms: number): Promise<void>;
}
export const realTime: RealTime = { now: () => performance.now(), sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)) };

/** At most one message a channel in `everyMs`, first come first served. */
export interface Pace {
  /** Resolves when it is this caller's turn to write in the channel. */
  turn(channel: string): Promise<void>;
  /** Slack said to wait: nobody writes in the channel for `ms`. */
  hold(channel: string, ms: number): void;
}

export function createPace(everyMs: number = TIMING.paceMs, time: RealTime = realTime): Pace {
  const freeAtMs = new Map<string, number>();
  const forgetOld = (): void => {
    if (freeAtMs.size < CHANNELS_MAX) return;
    for (const [channel, at] of freeAtMs) if (at <= time.now()) freeAtMs.delete(channel);
  };
  return {
    async turn(channel) {
      forgetOld();
      const now = time.now();
      const atMs = Math.max(now, freeAtMs.get(channel) ?? 0);
      freeAtMs.set(channel, atMs + everyMs);
      if (atMs > now) await time.sleep(atMs - now);
    },
    hold(channel, ms) {
      freeAtMs.set(channel, Math.max(freeAtMs.get(channel) ?? 0, time.now() + ms));
    },
  };
}
