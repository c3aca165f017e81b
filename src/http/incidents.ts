import { z } from 'zod';
import { INCIDENT_STATES, IncidentSchema, LIVE_INCIDENT_STATES } from '../domain/incident.ts';
import { PageQuery, page, pageOf, placeOf } from './cursor.ts';
import { answering } from './describe.ts';
import { type RouteParts, serve } from './routes.ts';
import { IncidentViewSchema } from './schemas.ts';
import type { TypedServer } from './typed.ts';

export function incidentRoutes(app: TypedServer, parts: RouteParts): void {
  const state = z.enum(INCIDENT_STATES);
  const querystring = z.strictObject({
    ...PageQuery,
    open: z
      .enum(['true', 'false'])
      .default('false')
      .transform((text) => text === 'true'),
    state: z.union([state, z.array(state).max(INCIDENT_STATES.length)]).optional(),
    service: z.string().min(1).max(200).optional(),
  });
  const list = answering(
    'Incidents',
    'Incidents, newest first',
    pageOf(IncidentSchema),
    'Filter by state (several times if you like) and service; `open=true`: those that are not over.',
  );
  app.get('/api/incidents', { schema: { querystring }, config: { access: 'read', doc: list } }, (request, reply) =>
    serve(parts, request, reply, async () => {
      const { limit, cursor, open, state: wanted, service } = request.query;
      const before = placeOf(cursor, /^INC-\d{1,15}$/);
      const asked = wanted === undefined ? INCIDENT_STATES : [wanted].flat();
      const states = open ? asked.filter((one) => LIVE_INCIDENT_STATES.includes(one)) : asked;
      const rows =
        states.length === 0
          ? []
          : await parts.store.incidents.list({
              states,
              limit: limit + 1,
              ...(service === undefined ? {} : { service }),
              ...(before === undefined ? {} : { before }),
            });
      return page(rows, limit, (incident) => incident.id);
    }),
  );

  const params = z.object({ id: z.string().min(1).max(60) });
  const one = answering('Incidents', 'One incident with its anomalies and plans', IncidentViewSchema);
  app.get('/api/incidents/:id', { schema: { params }, config: { access: 'read', doc: one } }, (request, reply) =>
    serve(parts, request, reply, () => parts.verbs.incident(request.params.id)),
  );
}
