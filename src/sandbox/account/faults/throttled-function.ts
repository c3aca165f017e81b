import { z } from 'zod';
import { defineFault } from './fault.ts';

const Params = z.strictObject({ limit: z.number().int().min(1).max(1000).default(4) });

/** Somebody set the reserved concurrency of a function too low: invocations are throttled, its queue grows. */
export const throttledFunction = defineFault({
  kind: 'throttled_function',
  about: 'The reserved concurrency of a function is lower than its load needs.',
  targetKinds: ['lambda'],
  params: Params,
  create: ({ limit }, targetId) => ({
    causes: [targetId],
    heals: [{ action: 'raise_concurrency', targetId, when: (target) => target.settings.concurrency >= Math.min(target.built.concurrency, limit * 3) }],
    begin(target) {
      const before = target.settings.concurrency;
      target.settings.concurrency = limit;
      return [
        {
          kind: 'config',
          source: 'cloudtrail',
          actor: 'terraform',
          summary: `PutFunctionConcurrency ${target.resource.name}: ${before} → ${limit}`,
          details: { eventName: 'PutFunctionConcurrency', before: String(before), after: String(limit) },
        },
      ];
    },
    push() {},
    say: ({ target }) =>
      target.now.throttled < 1
        ? []
        : [{ level: 'error', message: `TooManyRequestsException: Rate Exceeded, reserved concurrency ${target.settings.concurrency} reached` }],
  }),
});
