import type { PaceRepository } from '../domain/store.ts';
import { TIMING } from './timing.ts';

const CHANNELS_MAX = 2000;

/** Real time, not the loop's clock: Slack counts real seconds, also when an account is simulated faster. */
export interface RealTime {
  now(): number;
  sleep(ms: number): Promise<void>;
}
export const realTime: RealTime = { now: () => performance.now(), sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)) };

/** At most one message a channel in `everyMs`: what is urgent first, else first come first served. */
export interface Pace {
  /** Resolves when it is this caller's turn to write in the channel. */
  turn(channel: string, urgent?: boolean): Promise<void>;
  /** Slack said to wait: nobody writes in the channel for `ms`. */
  hold(channel: string, ms: number): void;
}

interface Lane {
  freeAtMs: number;
  readonly urgent: (() => void)[];
  readonly others: (() => void)[];
  moving: boolean;
}

/** `shared`: where other replicas take their turns as well; when it cannot be asked, this process keeps to its own. */
export function createPace(everyMs: number = TIMING.paceMs, time: RealTime = realTime, shared: PaceRepository | null = null): Pace {
  const lanes = new Map<string, Lane>();
  const laneOf = (channel: string): Lane => {
    const known = lanes.get(channel);
    if (known !== undefined) return known;
    if (lanes.size >= CHANNELS_MAX) for (const [name, lane] of lanes) if (!lane.moving && lane.freeAtMs <= time.now()) lanes.delete(name);
    const fresh: Lane = { freeAtMs: 0, urgent: [], others: [], moving: false };
    lanes.set(channel, fresh);
    return fresh;
  };
  /** Lets one after another go, each at least `everyMs` after the one before really went: a late timer makes no burst. */
  const move = async (channel: string, lane: Lane): Promise<void> => {
    if (lane.moving) return;
    lane.moving = true;
    while (lane.urgent.length + lane.others.length > 0) {
      const waitMs = lane.freeAtMs - time.now();
      if (waitMs > 0) {
        await time.sleep(waitMs);
        continue; // it may be on hold by now
      }
      const othersMs = shared === null || everyMs === 0 ? 0 : await shared.next(channel, everyMs).catch(() => 0);
      if (othersMs > 0) await time.sleep(othersMs);
      lane.freeAtMs = time.now() + everyMs;
      (lane.urgent.shift() ?? lane.others.shift())?.();
    }
    lane.moving = false;
  };
  return {
    turn: (channel, urgent = true) =>
      new Promise((resolve) => {
        const lane = laneOf(channel);
        (urgent ? lane.urgent : lane.others).push(resolve);
        void move(channel, lane);
      }),
    hold(channel, ms) {
      const lane = laneOf(channel);
      lane.freeAtMs = Math.max(lane.freeAtMs, time.now() + ms);
      shared?.hold(channel, ms).catch(() => undefined); // this process waits in any case
    },
  };
}
