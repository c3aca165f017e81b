import type { Actor } from '../domain/actor.ts';
import { OpsError } from '../domain/errors.ts';
import type { Clock } from '../domain/ports.ts';
import type { ApiToken, Store } from '../domain/store.ts';
import type { Scope } from '../domain/token.ts';
import { hashOf } from '../loop/tokens.ts';

const TOUCH_EVERY_MS = 60_000; // "last used" is to the minute, so that reading does not mean writing
const TOUCHED_MAX = 10_000;
const SENDER_KNOWN_MS = 1000; // senders of alarms come thousands of times a second; a revoked one is out within one

/** Finds out who calls. The secret is looked up by its hash, never compared itself, so that timing tells nothing. */
export function createAuthenticator(store: Store, clock: Clock) {
  const touchedAtMs = new Map<string, number>();
  const senders = new Map<string, { readonly token: ApiToken; readonly atMs: number }>();
  const find = async (hash: string, scope: Scope): Promise<ApiToken | null> => {
    if (scope !== 'ingest') return await store.tokens.byHash(hash);
    const known = senders.get(hash);
    if (known !== undefined && Math.abs(clock.now() - known.atMs) < SENDER_KNOWN_MS) return known.token;
    const token = await store.tokens.byHash(hash);
    senders.clear(); // those in use come back with their next request
    if (token !== null) senders.set(hash, { token, atMs: clock.now() });
    return token;
  };
  return async (authorization: string | undefined, scope: Scope): Promise<{ readonly actor: Actor; readonly tokenId: string }> => {
    const secret = /^Bearer ([\x21-\x7e]{1,200})$/i.exec(authorization ?? '')?.[1];
    const token = secret === undefined ? null : await find(hashOf(secret), scope);
    if (token === null) throw new Unauthenticated();
    if (!token.scopes.includes(scope))
      throw new OpsError('forbidden', `This token has not the scope "${scope}".`, `It has: ${token.scopes.join(', ') || 'none'}.`);
    const nowMs = clock.now();
    if (nowMs - (touchedAtMs.get(token.id) ?? Number.NEGATIVE_INFINITY) >= TOUCH_EVERY_MS) {
      if (touchedAtMs.size >= TOUCHED_MAX) touchedAtMs.clear();
      touchedAtMs.set(token.id, nowMs);
      await store.tokens.touch(token.id, nowMs);
    }
    return { actor: { type: 'token', tokenId: token.id, userId: token.userId }, tokenId: token.id };
  };
}
export type Authenticator = ReturnType<typeof createAuthenticator>;

export class Unauthenticated extends OpsError {
  constructor(message = 'A valid token is needed.', hint = 'Send the header "Authorization: Bearer <token>"; make one with "opsloop tokens create".') {
    super('forbidden', message, hint);
  }
}
