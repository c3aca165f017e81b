import { z } from 'zod';
import { ParamsSchema } from '../domain/plan.ts';
import { answering, type RouteDoc } from './describe.ts';
import { runJob } from './job-routes.ts';
import { type RouteParts, serve } from './routes.ts';
import { AnalyseReportSchema, CollectReportSchema, DetectReportSchema, JobSchema, PlanViewSchema } from './schemas.ts';
import type { TypedServer } from './typed.ts';

const subject = z.string().trim().min(1).max(500);
const nothing = z.strictObject({}).default({});

const run = (summary: string, schema: z.ZodType): RouteDoc => ({
  tag: 'Agents',
  summary,
  detail: 'Answers at once with a job. With `Prefer: wait=10` it waits up to that many seconds (at most 60) and answers with the result.',
  answers: { 200: { what: 'Waited for, and done', schema }, 202: { what: 'At work: a job', schema: JobSchema } },
});

/** Seed §6.2. `action/exec` makes a plan that goes through the same policy as one from Slack. */
export function agentRoutes(app: TypedServer, parts: RouteParts): void {
  const { verbs } = parts;
  app.post(
    '/api/agents/collect/run',
    { schema: { body: nothing }, config: { access: 'detect', doc: run('Collects metrics, logs, changes and alarms now', CollectReportSchema) } },
    (request, reply) =>
      serve(parts, request, reply, (actor) => runJob(parts, request, reply, { kind: 'collect', subject: null, actor, work: () => verbs.collect(actor) })),
  );
  app.post(
    '/api/agents/detect/run',
    { schema: { body: nothing }, config: { access: 'detect', doc: run('Collects and detects now, without waiting for the next tick', DetectReportSchema) } },
    (request, reply) =>
      serve(parts, request, reply, (actor) => runJob(parts, request, reply, { kind: 'detect', subject: null, actor, work: () => verbs.detect(actor) })),
  );
  app.post(
    '/api/agents/rca/analyze',
    {
      schema: { body: z.strictObject({ subject }) },
      config: { access: 'detect', doc: run('Finds the root cause of an incident, a text, or a resource with a time', AnalyseReportSchema) },
    },
    (request, reply) =>
      serve(parts, request, reply, (actor) => {
        const about = request.body.subject;
        return runJob(parts, request, reply, { kind: 'analyse', subject: about, actor, work: () => verbs.analyse(about, actor) });
      }),
  );
  execRoute(app, parts);
}

function execRoute(app: TypedServer, parts: RouteParts): void {
  const body = z.strictObject({
    issue: subject,
    action: z.string().min(1).max(64).optional(),
    target: z.string().min(1).max(300).optional(),
    params: ParamsSchema.optional(),
  });
  const doc = answering(
    'Agents',
    'Asks for a fix',
    PlanViewSchema,
    'Makes a plan that goes the same way as one from Slack: low risk runs and is reported, medium runs after a notice, high waits for one approver, critical for several. Never approves anything.',
  );
  app.post('/api/agents/action/exec', { schema: { body }, config: { access: 'act:request', doc } }, (request, reply) =>
    serve(parts, request, reply, (actor) => {
      const { issue, action, target, params } = request.body;
      const asked = {
        issue,
        ...(action === undefined ? {} : { action }),
        ...(target === undefined ? {} : { targetId: target }),
        ...(params === undefined ? {} : { params }),
      };
      return parts.verbs.proposeFix(asked, actor);
    }),
  );
}
