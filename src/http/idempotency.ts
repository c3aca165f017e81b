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

const KeptSchema = z.object({ hash: z.string(), status: z.number().int(), body: z.unknown() });

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
    const text = await this.#store.settings.get(name);
    if (text !== null) {
      const kept = KeptSchema.parse(JSON.parse(text));
      refuseOther(kept.hash, hash);
      return kept;
    }
    const answer = await work();
    await this.#store.settings.set(name, JSON.stringify({ hash, ...answer }), this.#clock.now());
    return answer;
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
