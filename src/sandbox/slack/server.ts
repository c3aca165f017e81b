import { parse } from 'node:querystring';
import Fastify, { type FastifyInstance } from 'fastify';
import type { Refusal } from './refusal.ts';

const BODY_BYTES_MAX = 26_000_000;

/** An HTTP server that reads what Slack reads: JSON, forms, and raw or multipart uploads. */
export function createServer(): FastifyInstance {
  const server = Fastify({ logger: false, bodyLimit: BODY_BYTES_MAX, forceCloseConnections: true, routerOptions: { maxParamLength: 500 } });
  server.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) => done(null, { ...parse(String(body)) }));
  server.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  server.setErrorHandler((error: Refusal | (Error & { statusCode?: number }), _request, reply) => {
    const status = 'statusCode' in error ? (error.statusCode ?? 500) : 500;
    const wire = status === 400 ? 'invalid_json' : status === 413 ? 'request_too_large' : 'internal_error';
    return reply.code(status === 500 ? 500 : 200).send({ ok: false, error: wire, detail: status === 500 ? error.message : undefined });
  });
  return server;
}
