import { z } from 'zod';
import { PLAN_STATES, PlanSchema } from '../domain/plan.ts';
import { PageQuery, page, pageOf, placeOf } from './cursor.ts';
import { answering } from './describe.ts';
import { type RouteParts, serve } from './routes.ts';
import { PlanViewSchema } from './schemas.ts';
import type { TypedServer } from './typed.ts';

const params = z.object({ id: z.string().min(1).max(60) });
const APPROVING =
  'Counts as the person the token belongs to, by the same rules as the button in Slack: listed in the policy, not the requester, once. A machine is refused.';

export function planRoutes(app: TypedServer, parts: RouteParts): void {
  listRoute(app, parts);
  const one = answering('Plans', 'One plan, with its incident and what holds it back', PlanViewSchema);
  app.get('/api/plans/:id', { schema: { params }, config: { access: 'read', doc: one } }, (request, reply) =>
    serve(parts, request, reply, () => parts.verbs.plan(request.params.id)),
  );

  const approval = z
    .strictObject({
      digest: z
        .string()
        .regex(/^[0-9a-f]{8,128}$/i)
        .optional()
        .describe('Of the plan as you read it: it is approved only if it is still that plan.'),
    })
    .default({});
  app.post(
    '/api/plans/:id/approve',
    { schema: { params, body: approval }, config: { access: 'act:approve', doc: answering('Plans', 'Approves a plan', PlanViewSchema, APPROVING) } },
    (request, reply) =>
      serve(parts, request, reply, (actor) =>
        parts.verbs.approve(request.params.id, actor, { via: 'api', digest: request.body.digest?.toLowerCase() ?? null }),
      ),
  );

  const rejection = z.strictObject({ reason: z.string().trim().max(500).default('') }).default({ reason: '' });
  app.post(
    '/api/plans/:id/reject',
    { schema: { params, body: rejection }, config: { access: 'act:approve', doc: answering('Plans', 'Rejects a plan: it will not run', PlanViewSchema) } },
    (request, reply) => serve(parts, request, reply, (actor) => parts.verbs.reject(request.params.id, actor, request.body.reason)),
  );
}

function listRoute(app: TypedServer, parts: RouteParts): void {
  const state = z.enum(PLAN_STATES);
  const querystring = z.strictObject({
    ...PageQuery,
    state: z.union([state, z.array(state).max(PLAN_STATES.length)]).optional(),
    incident: z
      .string()
      .regex(/^INC-\d{1,15}$/, 'write it like INC-12')
      .optional(),
    target: z.string().min(1).max(300).optional(),
  });
  const doc = answering('Plans', 'Plans, newest first', pageOf(PlanSchema), 'Filter by state (several times if you like), incident and target.');
  app.get('/api/plans', { schema: { querystring }, config: { access: 'read', doc } }, (request, reply) =>
    serve(parts, request, reply, async () => {
      const { limit, cursor, state: wanted, incident, target } = request.query;
      const before = placeOf(cursor, /^PLAN-\d{1,15}$/);
      const rows = await parts.store.plans.list({
        limit: limit + 1,
        ...(wanted === undefined ? {} : { states: [wanted].flat() }),
        ...(incident === undefined ? {} : { incidentId: incident }),
        ...(target === undefined ? {} : { targetId: target }),
        ...(before === undefined ? {} : { before }),
      });
      return page(rows, limit, (plan) => plan.id);
    }),
  );
}
