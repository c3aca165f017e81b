import type { FastifyBaseLogger, FastifyInstance, FastifyRequest, RawReplyDefaultExpression, RawRequestDefaultExpression, RawServerDefault } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { Actor } from '../domain/actor.ts';
import { authenticate, type Scope } from './auth.ts';
import { once } from './idempotency.ts';
import type { HttpParts } from './server.ts';

/** Fastify that takes its types from the routes' zod schemas. */
export type TypedServer = FastifyInstance<RawServerDefault, RawRequestDefaultExpression, RawReplyDefaultExpression, FastifyBaseLogger, ZodTypeProvider>;

/** Authenticates, honours an Idempotency-Key on what changes something, and calls the verb. */
export async function serve<T>(parts: HttpParts, request: FastifyRequest, scope: Scope, verb: (actor: Actor) => Promise<T>): Promise<T> {
  const actor = await authenticate(request, parts.store, parts.clock, scope);
  if (request.method === 'GET') return await verb(actor);
  const key = request.headers['idempotency-key'];
  return await once(parts.store, parts.clock, actor, request.routeOptions.url ?? '', Array.isArray(key) ? key[0] : key, () => verb(actor));
}
