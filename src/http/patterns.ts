import { createHash } from 'node:crypto';
import { z } from 'zod';
import { OpsError } from '../domain/errors.ts';
import { FeedbackMeaningSchema, VerdictSchema } from '../domain/feedback.ts';
import { type Pattern, PatternCategorySchema, PatternSchema } from '../domain/pattern.ts';
import { answering } from './describe.ts';
import { StatusError } from './problem.ts';
import { type RouteParts, serve } from './routes.ts';
import { FeedbackReportSchema, LearnedSchema, PatternAnswerSchema, PatternDetectSchema } from './schemas.ts';
import type { TypedServer } from './typed.ts';

const subject = z.string().trim().min(1).max(200);
const text = z.string().trim().min(1).max(4000);
const category = z.union([PatternCategorySchema, z.array(PatternCategorySchema).max(5)]).optional();

/** Seed §6.1, and reading one pattern. */
export function patternRoutes(app: TypedServer, parts: RouteParts): void {
  detectRoute(app, parts);
  searchRoute(app, parts);
  learnRoutes(app, parts);
  feedbackRoute(app, parts);
}

function detectRoute(app: TypedServer, { verbs, ...rest }: RouteParts): void {
  const parts = { verbs, ...rest };
  const body = z.strictObject({ text: text.optional() }).default({});
  const doc = answering('Patterns', 'Which patterns fit a text, or, without one, what is wrong now', PatternDetectSchema);
  app.post('/api/patterns/detect', { schema: { body }, config: { access: 'detect', doc } }, (request, reply) =>
    serve(parts, request, reply, async (actor) => {
      if (request.body.text !== undefined) return await verbs.searchPatterns({ text: request.body.text, limit: 5 }, actor);
      const report = await verbs.detect(actor);
      return { ...report, matches: report.incidents.flatMap((incident) => incident.matches.map((match) => ({ incidentId: incident.id, ...match }))) };
    }),
  );
}

function searchRoute(app: TypedServer, parts: RouteParts): void {
  const querystring = z.strictObject({ q: text, limit: z.coerce.number().int().min(1).max(50).default(5), category });
  const doc = answering('Patterns', 'Known patterns that resemble a text', PatternAnswerSchema, 'Similarities over 0.7 count as the same problem.');
  app.get('/api/patterns/search', { schema: { querystring }, config: { access: 'read', doc } }, (request, reply) =>
    serve(parts, request, reply, (actor) => {
      const { q, limit, category: wanted } = request.query;
      const categories = wanted === undefined ? {} : { categories: Array.isArray(wanted) ? wanted : [wanted] };
      return parts.verbs.searchPatterns({ text: q, limit, ...categories }, actor);
    }),
  );
}

function learnRoutes(app: TypedServer, parts: RouteParts): void {
  const { verbs } = parts;
  const params = z.object({ id: subject });
  const read = answering('Patterns', 'One pattern, with an ETag', PatternSchema);
  app.get('/api/patterns/:id', { schema: { params }, config: { access: 'read', doc: read } }, (request, reply) =>
    serve(parts, request, reply, async () => {
      const pattern = await verbs.pattern(request.params.id);
      reply.headers({ etag: etagOf(pattern), 'cache-control': 'private, no-cache' });
      if (!listed(request.headers['if-none-match'], etagOf(pattern))) return plain(pattern);
      reply.status(304);
      return undefined;
    }),
  );

  const body = z.union([z.strictObject({ incident: subject }), z.strictObject({ pattern: PatternSchema, merge_into: subject.optional() })]);
  const doc = answering(
    'Patterns',
    'Drafts a pattern out of a resolved incident, or saves one that a person has reviewed',
    LearnedSchema,
    '`duplicates` look like the same problem; `merge_into` adds yours to one of them. With `If-Match` a pattern is replaced only as long as it is what you read (412 otherwise). Saving needs a token that belongs to a person.',
  );
  app.post('/api/patterns/learn', { schema: { body }, config: { access: 'learn', doc } }, (request, reply) =>
    serve(parts, request, reply, async (actor) => {
      const wanted = request.body;
      if ('incident' in wanted) {
        const draft = await verbs.draftPattern(wanted.incident);
        return { draft, saved: null, duplicates: await verbs.duplicates(draft) };
      }
      await requireUnchanged(parts, wanted.pattern.pattern_id, request.headers['if-match']);
      const saved = await verbs.learn(wanted.pattern, actor, wanted.merge_into ?? null);
      reply.header('etag', etagOf(saved));
      return { draft: null, saved: plain(saved), duplicates: await verbs.duplicates(saved) };
    }),
  );
}

function feedbackRoute(app: TypedServer, parts: RouteParts): void {
  const body = z.strictObject({
    subject,
    verdict: VerdictSchema,
    meaning: FeedbackMeaningSchema.nullable().default(null),
    comment: z.string().max(2000).nullable().default(null),
  });
  const doc = answering('Patterns', 'A verdict on an incident, plan or pattern', FeedbackReportSchema, 'Needs a token that belongs to a person.');
  app.post('/api/patterns/feedback', { schema: { body }, config: { access: 'learn', doc } }, (request, reply) =>
    serve(parts, request, reply, (actor) => parts.verbs.giveFeedback(request.body, actor)),
  );
}

/** The embedding is the knowledge base's own and long; it is no part of what a pattern says. */
function plain({ embedding: _, ...pattern }: Pattern): Omit<Pattern, 'embedding'> {
  return pattern;
}

const etagOf = (pattern: Pattern): string =>
  `"${createHash('sha256')
    .update(JSON.stringify(plain(pattern)))
    .digest('base64url')
    .slice(0, 22)}"`;

const listed = (header: string | undefined, etag: string): boolean =>
  header !== undefined && (header.trim() === '*' || header.split(',').some((one) => one.trim().replace(/^W\//, '') === etag));

async function requireUnchanged({ verbs }: RouteParts, id: string, ifMatch: string | undefined): Promise<void> {
  if (ifMatch === undefined) return;
  const now = await verbs.pattern(id).catch((thrown: unknown) => {
    if (thrown instanceof OpsError && thrown.code === 'not_found') return null;
    throw thrown;
  });
  if (now === null || !listed(ifMatch, etagOf(now)))
    throw new StatusError(412, 'conflict', `${id} has changed since you read it.`, 'Read it again and repeat your change.');
}
