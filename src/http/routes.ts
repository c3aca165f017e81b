import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Actor } from '../domain/actor.ts';
import { actorOf } from './access.ts';
import type { Idempotency } from './idempotency.ts';
import type { Jobs } from './jobs.ts';
import type { HttpParts } from './parts.ts';

/** What the routes share: the parts of the edge, and what it remembers of requests. */
export interface RouteParts extends HttpParts {
  readonly idempotency: Idempotency;
  readonly jobs: Jobs;
}

/** Calls a verb in the caller's name; on what changes something an Idempotency-Key is honoured. */
export async function serve<T>(parts: RouteParts, request: FastifyRequest, reply: FastifyReply, verb: (actor: Actor) => Promise<T>): Promise<T> {
  const actor = actorOf(request);
  const header = request.headers['idempotency-key'];
  if (request.method === 'GET' || header === undefined) return await verb(actor);
  const key = Array.isArray(header) ? header.join() : header;
  const asked = { actor, route: request.url.split('?')[0] ?? '', key, body: request.body };
  const answer = await parts.idempotency.once(asked, async () => {
    const body = await verb(actor);
    return { status: reply.statusCode, body };
  });
  reply.status(answer.status);
  return answer.body as T;
}
