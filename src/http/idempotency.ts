import type { Actor } from '../domain/actor.ts';
import { actorName } from '../domain/actor.ts';
import { OpsError } from '../domain/errors.ts';
import type { Clock } from '../domain/ports.ts';
import type { Store } from '../domain/store.ts';

const PENDING = 'pending';

/**
 * Runs a request once for an Idempotency-Key of one caller; a repeat gets the first answer. While the first is still at work,
 * a repeat is refused; when the first failed, a repeat may try again.
 */
export async function once<T>(store: Store, clock: Clock, actor: Actor, route: string, key: string | undefined, work: () => Promise<T>): Promise<T> {
  if (key === undefined) return await work();
  if (!/^[\x21-\x7e]{1,200}$/.test(key)) throw new OpsError('invalid_input', 'The Idempotency-Key must be 1 to 200 printable characters.');
  const name = `idem:${actorName(actor)}:${route}:${key}`;
  if (!(await store.settings.set(name, PENDING, clock.now(), { onlyIfAbsent: true }))) {
    const kept = await store.settings.get(name);
    if (kept !== null && kept !== PENDING && kept !== '') return JSON.parse(kept) as T;
    if (kept === PENDING) throw new OpsError('conflict', 'A request with this Idempotency-Key is still at work.', 'Try again in a moment.');
  }
  try {
    const answer = await work();
    await store.settings.set(name, JSON.stringify(answer), clock.now());
    return answer;
  } catch (thrown) {
    await store.settings.set(name, '', clock.now());
    throw thrown;
  }
}
