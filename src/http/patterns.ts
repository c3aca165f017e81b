import { z } from 'zod';
import { FeedbackMeaningSchema, VerdictSchema } from '../domain/feedback.ts';
import { PatternCategorySchema, PatternSchema } from '../domain/pattern.ts';
import { serve, type TypedServer } from './routes.ts';
import type { HttpParts } from './server.ts';

const subject = z.string().trim().min(1).max(200);
const text = z.string().trim().min(1).max(4000);
const category = z.union([PatternCategorySchema, z.array(PatternCategorySchema).max(5)]).optional();

/** Seed §6.1. */
export function patternRoutes(app: TypedServer, parts: HttpParts): void {
  const { verbs } = parts;

  app.post('/api/patterns/detect', { schema: { body: z.strictObject({ text: text.optional() }).default({}) } }, (request) =>
    serve(parts, request, 'detect', async (actor) => {
      if (request.body.text !== undefined) return await verbs.searchPatterns({ text: request.body.text, limit: 5 }, actor);
      const report = await verbs.detect(actor);
      return { ...report, matches: report.incidents.flatMap((incident) => incident.matches.map((match) => ({ incidentId: incident.id, ...match }))) };
    }),
  );

  const learn = z.union([z.strictObject({ incident: subject }), z.strictObject({ pattern: PatternSchema })]);
  app.post('/api/patterns/learn', { schema: { body: learn } }, (request) =>
    serve(parts, request, 'learn', async (actor) => {
      const { body } = request;
      if ('incident' in body) return { draft: await verbs.draftPattern(body.incident), saved: null };
      return { draft: null, saved: await verbs.learn(body.pattern, actor) };
    }),
  );

  const search = z.strictObject({ q: text, limit: z.coerce.number().int().min(1).max(50).default(5), category });
  app.get('/api/patterns/search', { schema: { querystring: search } }, (request) =>
    serve(parts, request, 'read', (actor) => {
      const { q, limit, category: wanted } = request.query;
      const categories = wanted === undefined ? {} : { categories: Array.isArray(wanted) ? wanted : [wanted] };
      return verbs.searchPatterns({ text: q, limit, ...categories }, actor);
    }),
  );

  const feedback = z.strictObject({
    subject,
    verdict: VerdictSchema,
    meaning: FeedbackMeaningSchema.nullable().default(null),
    comment: z.string().max(2000).nullable().default(null),
  });
  app.post('/api/patterns/feedback', { schema: { body: feedback } }, (request) =>
    serve(parts, request, 'learn', (actor) => verbs.giveFeedback(request.body, actor)),
  );
}
