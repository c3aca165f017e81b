import { createHash, randomBytes } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import type { Actor } from '../domain/actor.ts';
import { OpsError } from '../domain/errors.ts';
import type { Clock, Ids } from '../domain/ports.ts';
import type { ApiToken, Store } from '../domain/store.ts';

/** What a token may do. Approving is for people, in Slack. */
export const SCOPES = ['read', 'detect', 'learn', 'act:request'] as const;
export type Scope = (typeof SCOPES)[number];

const hashOf = (secret: string): string => createHash('sha256').update(secret).digest('hex');

/** Makes a token; the secret is shown once and only its hash is kept. `userId`: the Slack user it belongs to; null: a machine's. */
export async function createToken(
  store: Store,
  clock: Clock,
  ids: Ids,
  spec: { readonly name: string; readonly userId: string | null; readonly scopes: readonly Scope[] },
  actor: Actor,
): Promise<{ readonly token: ApiToken; readonly secret: string }> {
  const secret = `ops_${randomBytes(32).toString('base64url')}`;
  const token: ApiToken = { id: ids.next('token'), ...spec, hash: hashOf(secret), createdAtMs: clock.now(), lastUsedAtMs: null };
  await store.tokens.put(token, actor);
  return { token, secret };
}

/** The caller of a request. Errors: `forbidden` without a valid token or scope. The secret is looked up by its hash, never compared itself. */
export async function authenticate(request: FastifyRequest, store: Store, clock: Clock, scope: Scope): Promise<Actor> {
  if ('token' in (request.query as object) || 'access_token' in (request.query as object)) {
    throw new OpsError('forbidden', 'Tokens are not taken from the address.', 'Send the header "Authorization: Bearer <token>".');
  }
  const secret = /^Bearer (\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
  const token = secret === undefined ? null : await store.tokens.byHash(hashOf(secret));
  if (token === null) throw new Unauthenticated();
  if (!token.scopes.includes(scope))
    throw new OpsError('forbidden', `This token has not the scope "${scope}".`, `It has: ${token.scopes.join(', ') || 'none'}.`);
  await store.tokens.touch(token.id, clock.now());
  return { type: 'token', tokenId: token.id, userId: token.userId };
}

export class Unauthenticated extends OpsError {
  constructor() {
    super('forbidden', 'A valid token is needed.', 'Send the header "Authorization: Bearer <token>"; make one with "opsloop tokens create".');
  }
}
