import fastify, { type FastifyInstance } from 'fastify';
import { serializerCompiler, validatorCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod';
import { OpsError } from '../domain/errors.ts';
import type { Log } from '../domain/log.ts';
import type { Clock } from '../domain/ports.ts';
import type { Store } from '../domain/store.ts';
import type { Verbs } from '../loop/verbs.ts';
import { agentRoutes } from './agents.ts';
import { Unauthenticated } from './auth.ts';
import { healthRoute } from './health.ts';
import { patternRoutes } from './patterns.ts';
import { problem, sendProblem } from './problem.ts';

export interface HttpParts {
  readonly verbs: Verbs;
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  readonly slackReady: () => boolean;
}

const BODY_LIMIT_BYTES = 256 * 1024;
const REQUEST_TIMEOUT_MS = 30_000;

/** The HTTP edge: parse, call one verb, map the error. The caller listens and closes. */
export function createServer(parts: HttpParts): FastifyInstance {
  const app = fastify({ bodyLimit: BODY_LIMIT_BYTES, requestTimeout: REQUEST_TIMEOUT_MS, logger: false, routerOptions: { maxParamLength: 200 } });
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  const answerError = sendProblem(parts.log);
  app.setErrorHandler(async (thrown, request, reply) => {
    if (thrown instanceof Unauthenticated) {
      reply.header('www-authenticate', 'Bearer');
      return await problem(reply, 401, thrown);
    }
    return await answerError(thrown as never, request, reply);
  });
  app.setNotFoundHandler(async (request, reply) => {
    await problem(reply, 404, new OpsError('not_found', `There is no ${request.method} ${request.url.split('?')[0]?.slice(0, 200)}.`));
  });
  app.addHook('onSend', async (_request, reply) => {
    reply.headers({ 'x-content-type-options': 'nosniff', 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' });
  });
  const typed = app.withTypeProvider<ZodTypeProvider>();
  healthRoute(typed, parts);
  patternRoutes(typed, parts);
  agentRoutes(typed, parts);
  return app;
}
