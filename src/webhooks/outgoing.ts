import { setTimeout as sleep } from 'node:timers/promises';
import type { AuditEntry } from '../domain/audit.ts';
import type { Log } from '../domain/log.ts';
import type { Clock } from '../domain/ports.ts';
import type { Store } from '../domain/store.ts';
import { buryDead } from './dead.ts';
import { sign } from './signature.ts';

/** Somewhere that wants to hear what happens. */
export interface WebhookTarget {
  readonly name: string;
  readonly url: string;
  readonly secret: string;
  readonly events: readonly string[]; // audit verbs; `*` at the end is a wildcard
}
export interface OutgoingParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  readonly targets: readonly WebhookTarget[];
  /** Real milliseconds: how often to look for news, and the first wait after a failure. */
  readonly pollMs?: number;
  readonly retryMs?: number;
  /** Whether this process is the one that tells; left out: it is. */
  readonly leads?: () => boolean;
}

/** Tells other systems of incidents and plans. What is told is the audit itself, in its order, so that nothing is missed over a crash. */
export interface Outgoing {
  start(): void;
  /** Ends after the request under way. */
  stop(): Promise<void>;
}

const POLL_MS = 1000;
const RETRY_MS = 1000;
const LONGEST_RETRY_MS = 5 * 60_000;
const ATTEMPTS_MAX = 10; // about 20 minutes
const TIMEOUT_MS = 10_000;
const PAGE = 200;

export function createOutgoing(parts: OutgoingParts): Outgoing {
  const stopping = new AbortController();
  const running: Promise<void>[] = [];
  return {
    start() {
      if (running.length === 0) for (const target of parts.targets) running.push(follow(parts, target, stopping.signal));
    },
    async stop() {
      stopping.abort();
      await Promise.all(running);
    },
  };
}

const reader = (target: WebhookTarget): string => `webhook:${target.name}`;

async function follow(parts: OutgoingParts, target: WebhookTarget, stop: AbortSignal): Promise<void> {
  while (!stop.aborted) {
    if (parts.leads?.() === false) {
      await pause(parts.pollMs ?? POLL_MS, stop);
      continue;
    }
    try {
      const after = (await parts.store.watermarks.get(reader(target))) ?? (await beginAtTheEnd(parts, target));
      const rows = await parts.store.audit.list({ after, limit: PAGE });
      for (const row of rows) if (!stop.aborted && parts.leads?.() !== false) await tell(parts, target, row, stop);
      if (rows.length < PAGE) await pause(parts.pollMs ?? POLL_MS, stop);
    } catch (thrown) {
      parts.log.error({ webhook: target.name, err: thrown }, 'a webhook could not be followed up; it goes on in a moment');
      await pause(parts.retryMs ?? RETRY_MS, stop);
    }
  }
}

/** A new target hears of what happens from now on, not of the past. */
async function beginAtTheEnd({ store }: OutgoingParts, target: WebhookTarget): Promise<number> {
  let after = 0;
  for (;;) {
    const last = (await store.audit.list({ after, limit: 10_000 })).at(-1);
    if (last === undefined) break;
    after = last.seq;
  }
  await store.watermarks.set(reader(target), after);
  return after;
}

/** Delivers one row, if the target wants it; the next waits for it. What cannot be delivered goes to the dead letters. */
async function tell(parts: OutgoingParts, target: WebhookTarget, row: AuditEntry, stop: AbortSignal): Promise<void> {
  for (let attempts = 1; isWanted(target, row.verb); attempts += 1) {
    const outcome = await post(target, row, parts.clock.now());
    if (outcome.ok) break;
    if (!outcome.again || attempts >= ATTEMPTS_MAX) {
      parts.log.warn({ webhook: target.name, event: row.seq, reason: outcome.reason }, 'a webhook gave up on an event; it is among the dead letters');
      await buryDead(parts.store, target.name, {
        seq: row.seq,
        event: row.verb,
        subject: row.subject,
        reason: outcome.reason,
        attempts,
        atMs: parts.clock.now(),
      });
      break;
    }
    await pause(Math.min(LONGEST_RETRY_MS, (parts.retryMs ?? RETRY_MS) * 2 ** (attempts - 1)), stop);
    if (stop.aborted) return; // not delivered: the next start begins with it
  }
  await parts.store.watermarks.set(reader(target), row.seq);
}

const isWanted = (target: WebhookTarget, verb: string): boolean =>
  target.events.some((event) => (event.endsWith('*') ? verb.startsWith(event.slice(0, -1)) : verb === event));

type Outcome = { readonly ok: true } | { readonly ok: false; readonly again: boolean; readonly reason: string };

/** Sends one event, signed. A 4xx is final (but 408 and 429); anything else is worth another try. */
export async function post(target: WebhookTarget, row: AuditEntry, nowMs: number): Promise<Outcome> {
  const body = JSON.stringify({ id: `evt_${row.seq}`, event: row.verb, subject: row.subject, atMs: row.atMs, actor: row.actor, detail: row.detail });
  try {
    const response = await fetch(target.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'user-agent': 'opsloop', ...sign(target.secret, body, nowMs) },
      body,
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    await response.body?.cancel();
    if (response.ok) return { ok: true };
    const final = response.status >= 300 && response.status < 500 && response.status !== 408 && response.status !== 429;
    return { ok: false, again: !final, reason: `it answered ${response.status}` };
  } catch (thrown) {
    return { ok: false, again: true, reason: thrown instanceof Error && thrown.name === 'TimeoutError' ? 'it did not answer in time' : 'it cannot be reached' };
  }
}

const pause = (ms: number, signal: AbortSignal): Promise<void> => sleep(ms, undefined, { signal }).catch(() => undefined);
