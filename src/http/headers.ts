import type { FastifyReply } from 'fastify';
import { OpsError } from '../domain/errors.ts';
import type { TypedServer } from './typed.ts';

/** On every answer: nothing is cached, framed, sniffed or run. Pages set a policy of their own. */
const SECURITY_HEADERS = {
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-frame-options': 'DENY',
  'cross-origin-resource-policy': 'same-origin',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
} as const;

/** For an answer that is written past Fastify: what every answer has, and what this one was given (CORS, the request's id). */
export function takeHeaders(reply: FastifyReply): void {
  for (const [name, value] of Object.entries({ ...SECURITY_HEADERS, ...reply.getHeaders() })) if (value !== undefined) reply.raw.setHeader(name, value);
}

const METHODS = 'GET, POST';
const HEADERS = 'authorization, content-type, idempotency-key, if-match, if-none-match, mcp-protocol-version, prefer';
const EXPOSED = 'etag, location, retry-after, preference-applied, x-request-id';

/** Security headers and CORS: a browser page of another origin gets in only when the config names that origin, never with a wildcard. */
export function sendHeaders(app: TypedServer, corsOrigins: readonly string[]): void {
  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id);
    const { origin } = request.headers;
    if (origin === undefined) return;
    reply.header('vary', 'Origin');
    if (corsOrigins.includes(origin)) {
      reply.headers({ 'access-control-allow-origin': origin, 'access-control-expose-headers': EXPOSED });
    } else if (origin !== `http://${request.host}` && origin !== `https://${request.host}`) {
      throw new OpsError('forbidden', 'Pages of this origin may not call opsloop.', 'Name it under http.cors_origins in the config.');
    }
  });
  app.addHook('onSend', async (_request, reply) => {
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) if (!reply.hasHeader(name)) reply.header(name, value);
  });
  if (corsOrigins.length === 0) return;
  app.options('/*', { config: { access: 'public' } }, async (_request, reply) =>
    reply.status(204).headers({ 'access-control-allow-methods': METHODS, 'access-control-allow-headers': HEADERS, 'access-control-max-age': '600' }).send(),
  );
}
