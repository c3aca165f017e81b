import { toOpsError } from '../domain/errors.ts';
import type { Log } from '../domain/log.ts';
import type { OutboxItem } from '../domain/notice.ts';
import type { Clock } from '../domain/ports.ts';
import type { Store } from '../domain/store.ts';
import { waitMsOf } from './errors.ts';
import type { SlackNotifier } from './notifier.ts';
import { type RealTime, realTime } from './pace.ts';

const BATCH_MAX = 4;
const BACKOFF_MAX_MS = 5 * 60_000;
const DELIVERY_TIMEOUT_MS = 120_000;

export interface DeliveryParts {
  readonly store: Store;
  readonly notifier: SlackNotifier;
  readonly clock: Clock; // of the outbox
  readonly log: Log;
  readonly time?: RealTime;
  readonly pollMs: number;
  readonly retryMs: number;
  /** Whether this process is the one that delivers; left out: it is. One does for all, so that order and pace hold by themselves. */
  readonly leads?: () => boolean;
}

/** Takes notices from the outbox to Slack, oldest first. Nothing is lost: what fails comes back later, however often. */
export interface Delivery {
  start(): void;
  /** Ends after the deliveries under way; the rest stays in the outbox. */
  stop(): Promise<void>;
  /** Resolves when the outbox is empty; false when it is not within `timeoutMs`. Works whether started or not. */
  drain(timeoutMs?: number): Promise<boolean>;
}

export function createDelivery(parts: DeliveryParts): Delivery {
  const time = parts.time ?? realTime;
  const { pollMs } = parts;
  const stopping = new AbortController();
  let loop: Promise<void> | null = null;

  const run = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      const delivered = await round(parts, stopping.signal);
      if (delivered === 0) await time.sleep(pollMs);
    }
  };
  return {
    start() {
      loop ??= run();
    },
    async stop() {
      stopping.abort();
      await loop;
    },
    async drain(timeoutMs = 30_000) {
      const untilMs = time.now() + timeoutMs;
      while ((await parts.store.outbox.size()) > 0) {
        if (time.now() > untilMs || stopping.signal.aborted) return false;
        if (loop !== null || (await round(parts, stopping.signal)) === 0) await time.sleep(Math.min(pollMs, 50));
      }
      return true;
    },
  };
}

/** Delivers what is due; returns how many items it took. */
async function round(parts: DeliveryParts, stopping: AbortSignal): Promise<number> {
  if (parts.leads?.() === false) return 0;
  try {
    const items = await parts.store.outbox.take(parts.clock.now(), BATCH_MAX);
    // In order in the channel; DMs do not wait for it.
    const direct = items.filter((item) => item.notice.type === 'direct');
    const inChannel = items.filter((item) => item.notice.type !== 'direct');
    await Promise.all([...direct.map((item) => deliver(parts, item, stopping)), inOrder(inChannel, (item) => deliver(parts, item, stopping))]);
    return items.length;
  } catch (error) {
    parts.log.error({ error: String(error) }, 'the outbox cannot be read; trying again');
    return 0;
  }
}

async function inOrder<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  for (const item of items) await work(item);
}

async function deliver(parts: DeliveryParts, item: OutboxItem, stopping: AbortSignal): Promise<void> {
  const { store, notifier, clock, log } = parts;
  const about = { id: item.id, notice: item.notice.type, attempts: item.attempts };
  try {
    const signal = AbortSignal.any([stopping, AbortSignal.timeout(DELIVERY_TIMEOUT_MS)]);
    await notifier.deliver(item.notice, signal, { key: `outbox-${item.id}`, again: item.attempts > 0 });
    await store.outbox.done(item.id);
  } catch (thrown) {
    const error = toOpsError(thrown);
    if (error.code === 'invalid_input') {
      log.error({ ...about, error: error.message }, 'a notice nobody can be shown is dropped');
      return store.outbox.done(item.id);
    }
    const waitMs = waitMsOf(error) ?? backoffMs(item.attempts, parts.retryMs);
    log.warn({ ...about, waitMs, error: error.message, cause: String(error.cause ?? '') }, 'a notice could not be delivered; it is tried again');
    await store.outbox.retry(item.id, clock.now() + waitMs, error.message);
  }
}

/** `firstMs`, twice that, four times … five minutes. */
export function backoffMs(attempts: number, firstMs: number): number {
  return Math.min(BACKOFF_MAX_MS, firstMs * 2 ** Math.min(attempts, 20));
}
