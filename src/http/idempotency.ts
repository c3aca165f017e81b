import { createHash } from 'node:crypto';
import { z } from 'zod';
import { type Actor, actorName } from '../domain/actor.ts';
import { OpsError } from '../domain/errors.ts';
import type { Clock } from '../domain/ports.ts';
import type { Store } from '../domain/store.ts';

/** An answer as it is kept for repeats. */
export interface Answer {
  readonly status: number;
  readonly body: unknown;
}
interface Asked {
  readonly actor: Actor;
  readonly route: string;
  readonly key: string;
  readonly body: unknown;
}

/** What stands under a key: an answer, a request at work, or one that failed and may be tried again. */
const KeptSchema = z.union([
  z.object({ hash: z.string(), status: z.number().int(), body: z.unknown() }),
  z.object({ hash: z.string(), atWorkSinceMs: z.number().int() }),
  z.object({ failed: z.literal(true) }),
]);
const AT_WORK_MS = 2 * 60_000; // longer than any request takes: it went down with its process

/**
 * Runs a request once for an Idempotency-Key of one caller: a repeat gets the first answer, also after a restart; one that comes
 * while the first is at work waits for it. A request that failed may be tried again. The same key with another body is refused.
 */
export class Idempotency {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #atWork = new Map<string, { readonly hash: string; readonly answer: Promise<Answer> }>();

  constructor(store: Store, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  async once(asked: Asked, work: () => Promise<Answer>): Promise<Answer> {
    if (!/^[\x21-\x7e]{1,200}$/.test(asked.key))
      throw new OpsError('invalid_input', 'The Idempotency-Key must be 1 to 200 printable characters without spaces.');
    const name = `idem:${actorName(asked.actor)}:${asked.route}:${asked.key}`;
    const hash = createHash('sha256')
      .update(JSON.stringify(asked.body ?? null))
      .digest('base64url');
    const running = this.#atWork.get(name);
    if (running !== undefined) {
      refuseOther(running.hash, hash);
      return await running.answer;
    }
    const answer = this.#firstOrKept(name, hash, work);
    this.#atWork.set(name, { hash, answer });
    try {
      return await answer;
    } finally {
      this.#atWork.delete(name);
    }
  }

  async #firstOrKept(name: string, hash: string, work: () => Promise<Answer>): Promise<Answer> {
    const kept = await this.#claim(name, hash);
    if (kept !== null) return kept;
    try {
      const answer = await work();
      await this.#keep(name, { hash, ...answer });
      return answer;
    } catch (thrown) {
      await this.#keep(name, { failed: true });
      throw thrown;
    }
  }

  /** The answer there is; null: this request is the first, also over all replicas. */
  async #claim(name: string, hash: string): Promise<Answer | null> {
    const nowMs = this.#clock.now();
    return await this.#store.transaction(async (tx) => {
      const text = await tx.settings.get(name);
      const kept = text === null ? null : KeptSchema.parse(JSON.parse(text));
      if (kept !== null && 'hash' in kept) {
        refuseOther(kept.hash, hash);
        if ('status' in kept) return { status: kept.status, body: kept.body };
        if (nowMs - kept.atWorkSinceMs < AT_WORK_MS)
          throw new OpsError('conflict', 'A request with this Idempotency-Key is at work.', 'Repeat it in a moment to get its answer.');
      }
      await tx.settings.set(name, JSON.stringify({ hash, atWorkSinceMs: nowMs } satisfies z.input<typeof KeptSchema>), nowMs);
      return null;
    });
  }

  async #keep(name: string, kept: z.input<typeof KeptSchema>): Promise<void> {
    await this.#store.settings.set(name, JSON.stringify(kept), this.#clock.now());
  }
}

function refuseOther(known: string, given: string): void {
  if (known !== given)
    throw new OpsError(
      'conflict',
      'This Idempotency-Key was used for a different request.',
      'Use a new key for a new request, and the same key only to repeat one.',
    );
}
