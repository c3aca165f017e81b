import { type Explanation, explain } from '../domain/explanation.ts';
import type { Log } from '../domain/log.ts';
import type { Clock } from '../domain/ports.ts';
import type { Store } from '../domain/store.ts';

export interface WatchdogParts {
  readonly store: Pick<Store, 'outbox'>;
  readonly clock: Clock;
  readonly log: Log;
  /** Asked after every tick, so that somebody outside notices when it stays away; null: nobody. */
  readonly pingUrl: string | null;
  /** So long without a tick, in real milliseconds, counts as late. */
  readonly lateMs: number;
  /** Real milliseconds, ever rising. */
  readonly time?: () => number;
  /** Whether the loop is to run here; left out: it is. Another replica's ticks are that one's to miss. */
  readonly leads?: () => boolean;
}

/** The dead man's switch: pings after each tick, and tells the channel when ticks stay away and when they come back. */
export interface Watchdog {
  ticked(): Promise<void>;
  /** To be called now and then, by something other than the loop. */
  check(): Promise<void>;
}

const PING_TIMEOUT_MS = 5000;

export function createWatchdog(parts: WatchdogParts): Watchdog {
  const time = parts.time ?? (() => performance.now());
  let lastMs = time();
  let late = false;
  const say = async (note: Explanation): Promise<void> => await parts.store.outbox.add({ type: 'channel', note, mentions: [] }, parts.clock.now());
  return {
    async ticked() {
      const goneMs = time() - lastMs;
      lastMs = time();
      if (late) {
        late = false;
        await say(explain('loop.back', 'The loop runs again, after {minutes} min.', { minutes: Math.round(goneMs / 60_000) }));
      }
      if (parts.pingUrl !== null) await ping(parts.pingUrl, parts.log);
    },
    async check() {
      if (parts.leads?.() === false) lastMs = time();
      const goneMs = time() - lastMs;
      if (late || goneMs < parts.lateMs) return;
      late = true;
      parts.log.error({ minutes: goneMs / 60_000 }, 'the loop has not run');
      const text = 'The loop has not run for {minutes} min: nothing is detected or fixed meanwhile. Look at the log of opsloop, or restart it.';
      await say(explain('loop.late', text, { minutes: Math.max(1, Math.round(goneMs / 60_000)) }));
    },
  };
}

/** Whoever watches from outside may be away; that is for them to notice. */
async function ping(url: string, log: Log): Promise<void> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(PING_TIMEOUT_MS) });
    await response.body?.cancel();
    if (!response.ok) log.warn({ status: response.status }, 'the ping to the watcher outside was refused');
  } catch {
    log.warn({}, 'the watcher outside cannot be reached');
  }
}
