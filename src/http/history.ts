import { z } from 'zod';
import { AuditEntrySchema } from '../domain/audit.ts';
import { parseSubject } from '../domain/names.ts';
import { PageQuery, page, pageOf, placeOf } from './cursor.ts';
import { answering } from './describe.ts';
import { type RouteParts, serve } from './routes.ts';
import { StatusViewSchema } from './schemas.ts';
import type { TypedServer } from './typed.ts';

/** What happened, and how things stand. */
export function historyRoutes(app: TypedServer, parts: RouteParts): void {
  const querystring = z.strictObject({ ...PageQuery, subject: z.string().trim().min(1).max(300).optional() });
  const audit = answering(
    'Operations',
    'The audit, oldest first',
    pageOf(AuditEntrySchema),
    '`subject`: an incident, plan or other name; rows that belong to an incident come with it.',
  );
  app.get('/api/audit', { schema: { querystring }, config: { access: 'read', doc: audit } }, (request, reply) =>
    serve(parts, request, reply, async () => {
      const { limit, cursor, subject } = request.query;
      const after = Number(placeOf(cursor, /^\d{1,15}$/) ?? 0);
      const about = subject === undefined ? {} : { subject: parseSubject(subject)?.id ?? subject };
      return page(await parts.store.audit.list({ after, limit: limit + 1, ...about }), limit, (entry) => String(entry.seq));
    }),
  );

  const status = answering('Operations', 'How the loop is doing and what waits for people', StatusViewSchema);
  app.get('/api/status', { config: { access: 'read', doc: status } }, (request, reply) => serve(parts, request, reply, () => parts.verbs.status()));
}
