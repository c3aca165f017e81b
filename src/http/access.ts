import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Actor } from '../domain/actor.ts';
import { OpsError } from '../domain/errors.ts';
import type { Scope } from '../domain/token.ts';
import { type Authenticator, createAuthenticator, Unauthenticated } from './auth.ts';
import type { RouteDoc } from './describe.ts';
import type { HttpParts } from './parts.ts';
import { RateLimit } from './rate.ts';
import type { TypedServer } from './typed.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What a caller needs. `own`: the route checks by itself (signatures). */
    access?: Scope | 'public' | 'own';
    doc?: RouteDoc;
  }
  interface FastifyRequest {
    actor: Actor | null;
  }
}

const SECRETS_IN_QUERY = /^(?:(?:access_?|auth_?|api_?|x-api-)?(?:token|key|secret)|auth|authorization|bearer|password)$/i;
const OUR_TOKEN = /\bops_[\w-]{20}/;

/**
 * Who may call what: every route says which scope it needs, and one that says nothing cannot be added. Checked before the body
 * is read, so that strangers cost nothing and learn nothing.
 */
export function guardAccess(app: TypedServer, parts: HttpParts): Authenticator {
  const authenticate = createAuthenticator(parts.store, parts.clock);
  const rate = new RateLimit(parts.settings.ratePerMin);
  app.decorateRequest('actor', null);
  app.addHook('onRoute', (route) => {
    if (route.config?.access === undefined && route.method !== 'OPTIONS') throw new RangeError(`${route.url} does not say who may call it`);
  });
  app.addHook('onRequest', async (request, reply) => {
    refuseSecretsInQuery(request);
    const { access } = request.routeOptions.config;
    if (access === undefined || access === 'public' || access === 'own') return;
    const { actor, tokenId } = await authenticate(request.headers.authorization, access);
    limit(reply, rate.take(tokenId, parts.clock.now()));
    request.actor = actor;
  });
  return authenticate;
}

/** The caller of a route that needs a scope. */
export function actorOf(request: FastifyRequest): Actor {
  if (request.actor === null) throw new Unauthenticated();
  return request.actor;
}

function refuseSecretsInQuery(request: FastifyRequest): void {
  const query = Object.entries(request.query as Record<string, unknown>);
  if (!query.some(([name, value]) => SECRETS_IN_QUERY.test(name) || OUR_TOKEN.test(String(value)))) return;
  throw new OpsError('forbidden', 'Tokens are not taken from the address: addresses end up in logs.', 'Send the header "Authorization: Bearer <token>".');
}

function limit(reply: FastifyReply, waitMs: number): void {
  if (waitMs === 0) return;
  const seconds = Math.ceil(waitMs / 1000);
  reply.header('retry-after', String(seconds));
  throw new OpsError('limited', 'This token sends too many requests.', `Try again in ${seconds} s.`);
}
