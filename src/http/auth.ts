import { createHash, randomBytes } from 'node:crypto';
import type { Actor } from '../domain/actor.ts';
import { OpsError } from '../domain/errors.ts';
import type { Clock, Ids } from '../domain/ports.ts';
import type { ApiToken, Store } from '../domain/store.ts';

/** What a token may do. `act:approve` is for people's tokens only; `ingest` sends alarms in. */
export const SCOPES = ['read', 'detect', 'learn', 'act:request', 'act:approve', 'ingest'] as const;
export type Scope = (typeof SCOPES)[number];

const TOUCH_EVERY_MS = 60_000; // "last used" is to the minute, so that reading does not mean writing
const TOUCHED_MAX = 10_000;
const SENDER_KNOWN_MS = 1000; // senders of alarms come thousands of times a second; a revoked one is out within one

const hashOf = (secret: string): string => createHash('sha256').update(secret).digest('hex');

/**
 * Makes a token; the secret is shown once and only its hash is kept. `userId`: the Slack user it belongs to; null: a machine's.
 * Errors: `invalid_input` for a machine's token that would approve.
 */
export async function createToken(
  store: Store,
  clock: Clock,
  ids: Ids,
  spec: { readonly name: string; readonly userId: string | null; readonly scopes: readonly Scope[] },
  actor: Actor,
): Promise<{ readonly token: ApiToken; readonly secret: string }> {
  if (spec.userId === null && spec.scopes.includes('act:approve'))
    throw new OpsError('invalid_input', 'A machine cannot approve.', 'Leave out act:approve, or make the token for a person with --user U….');
  const secret = `ops_${randomBytes(32).toString('base64url')}`;
  const token: ApiToken = { id: ids.next('token'), ...spec, hash: hashOf(secret), createdAtMs: clock.now(), lastUsedAtMs: null };
  await store.tokens.put(token, actor);
  return { token, secret };
}

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
