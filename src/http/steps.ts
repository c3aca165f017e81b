import { AsyncLocalStorage } from 'node:async_hooks';
import type { Step } from '../domain/step.ts';
import type { TypedServer } from './typed.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Continues inside the request's step; reading a body from the socket leaves it. */
    resume: (<T>(work: () => T) => T) | null;
    endStep: (() => void) | null;
  }
}

/** Every request is a step, from its first byte to its answer, so that what is logged meanwhile carries its id. */
export function requestsInSteps(app: TypedServer, step: Step): void {
  app.decorateRequest('resume', null);
  app.decorateRequest('endStep', null);
  app.addHook('onRequest', (request, reply, done) => {
    const { method, routeOptions } = request;
    const facts = { request: request.id, method, route: routeOptions.url ?? 'unknown' };
    void step('http', facts, async (add) => {
      const ended = new Promise<void>((resolve) => {
        request.endStep = resolve;
        reply.raw.once('close', resolve); // also when the caller went away
      });
      request.resume = AsyncLocalStorage.snapshot();
      done();
      await ended;
      add({ status: reply.statusCode });
    });
  });
  app.addHook('preValidation', (request, _reply, done) => (request.resume === null ? done() : request.resume(done)));
  app.addHook('onResponse', async (request) => request.endStep?.());
}
