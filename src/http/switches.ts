import { z } from 'zod';
import { answering } from './describe.ts';
import { type RouteParts, serve } from './routes.ts';
import type { TypedServer } from './typed.ts';

const scope = z.string().trim().min(1).max(200).default('all').describe('`all`, an action, or a service.');
const SentSchema = z.object({ plan_id: z.string(), action: z.string(), target_id: z.string(), doing: z.enum(['execute', 'rollback']) });
const names = z.array(z.string());
const PausedSchema = z.object({ scope: z.string(), held: names, stopped: names, running: names, sent: z.array(SentSchema) });
const ResumedSchema = z.object({ resumed: z.array(z.string()) });

/** The kill switch for programs: whoever may ask for a fix may pull it; only people the policy names may let things run again. */
export function switchRoutes(app: TypedServer, parts: RouteParts): void {
  const pausing = z.strictObject({ scope, reason: z.string().trim().max(500).default('') }).default({ scope: 'all', reason: '' });
  const paused = answering(
    'Plans',
    'Stops all execution, or that of an action or a service',
    PausedSchema,
    '`held` will not start; `stopped` were cut off before their targets did anything; `running` could not be stopped any more, and `sent` says what they do.',
  );
  app.post('/api/pause', { schema: { body: pausing }, config: { access: 'act:request', doc: paused } }, (request, reply) =>
    serve(parts, request, reply, async (actor) => {
      const { held, stopped, running, sent, scope: now } = await parts.verbs.pause(request.body.scope, request.body.reason, actor);
      const steps = sent.map(({ planId, action, targetId, doing }) => ({ plan_id: planId, action, target_id: targetId, doing }));
      return { scope: now, held: [...held], stopped: [...stopped], running: [...running], sent: steps };
    }),
  );

  const resuming = z.strictObject({ scope }).default({ scope: 'all' });
  const resumed = answering('Plans', 'Lets things run again', ResumedSchema, 'Only for tokens of people whom the policy names as operators.');
  app.post('/api/resume', { schema: { body: resuming }, config: { access: 'act:approve', doc: resumed } }, (request, reply) =>
    serve(parts, request, reply, async (actor) => ({ resumed: [...(await parts.verbs.resume(request.body.scope, actor))] })),
  );
}
