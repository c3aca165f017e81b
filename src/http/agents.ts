import { z } from 'zod';
import { ParamsSchema } from '../domain/plan.ts';
import { serve, type TypedServer } from './routes.ts';
import type { HttpParts } from './server.ts';

const subject = z.string().trim().min(1).max(500);
const nothing = z.strictObject({}).default({});

/** Seed §6.2. `action/exec` makes a plan that goes through the same policy as one from Slack. */
export function agentRoutes(app: TypedServer, parts: HttpParts): void {
  const { verbs } = parts;
  app.post('/api/agents/collect/run', { schema: { body: nothing } }, (request) => serve(parts, request, 'detect', (actor) => verbs.collect(actor)));
  app.post('/api/agents/detect/run', { schema: { body: nothing } }, (request) => serve(parts, request, 'detect', (actor) => verbs.detect(actor)));

  const analyze = z.strictObject({ subject });
  app.post('/api/agents/rca/analyze', { schema: { body: analyze } }, (request) =>
    serve(parts, request, 'detect', (actor) => verbs.analyse(request.body.subject, actor)),
  );

  const exec = z.strictObject({
    issue: subject,
    action: z.string().min(1).max(64).optional(),
    target: z.string().min(1).max(300).optional(),
    params: ParamsSchema.optional(),
  });
  app.post('/api/agents/action/exec', { schema: { body: exec } }, (request) =>
    serve(parts, request, 'act:request', (actor) => {
      const { issue, action, target, params } = request.body;
      return verbs.proposeFix(
        {
          issue,
          ...(action === undefined ? {} : { action }),
          ...(target === undefined ? {} : { targetId: target }),
          ...(params === undefined ? {} : { params }),
        },
        actor,
      );
    }),
  );
}
