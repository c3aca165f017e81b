import type { RouteOptions } from 'fastify';
import { type ZodType, z } from 'zod';
import { AnomalySchema } from '../domain/anomaly.ts';
import { AuditEntrySchema } from '../domain/audit.ts';
import { IncidentSchema } from '../domain/incident.ts';
import { PatternMatchSchema, PatternSchema } from '../domain/pattern.ts';
import { PlanSchema } from '../domain/plan.ts';
import { AnalysisSchema } from '../domain/rca.ts';
import { ProblemSchema } from './problem.ts';
import { JobSchema } from './schemas.ts';
import type { TypedServer } from './typed.ts';

type Json = Record<string, unknown>;
export interface Operation {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly summary: string;
  readonly description?: string;
  readonly parameters: readonly {
    readonly name: string;
    readonly in: 'path' | 'query' | 'header';
    readonly required: boolean;
    readonly description?: string;
    readonly schema: Json;
  }[];
  readonly requestBody?: { readonly required: boolean; readonly content: Json };
  readonly responses: Readonly<Record<string, { readonly description: string; readonly content?: Json }>>;
  readonly security: readonly Json[];
  readonly 'x-scope': string;
}
export interface OpenApi {
  readonly openapi: '3.1.0';
  readonly info: { readonly title: string; readonly version: string; readonly description: string };
  readonly servers: readonly Json[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Json; readonly securitySchemes: Json };
}

const NAMED: readonly (readonly [string, ZodType])[] = [
  ['Incident', IncidentSchema],
  ['Plan', PlanSchema],
  ['Pattern', PatternSchema],
  ['PatternMatch', PatternMatchSchema],
  ['Anomaly', AnomalySchema],
  ['Analysis', AnalysisSchema],
  ['AuditEntry', AuditEntrySchema],
  ['Job', JobSchema],
  ['Problem', ProblemSchema],
];

const IDEMPOTENCY_KEY = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description: 'A repeat with the same key gets the first answer and does nothing.',
  schema: { type: 'string', minLength: 1, maxLength: 200, pattern: '^[!-~]+$' },
} as const;

/**
 * Watches routes being added and describes them in OpenAPI 3.1, from the very zod schemas that check the requests. Call before
 * the routes are added; the returned function gives the document.
 */
export function describeRoutes(app: TypedServer, version: string): () => OpenApi {
  const routes: RouteOptions[] = [];
  app.addHook('onRoute', (route) => {
    if (route.config?.doc !== undefined && route.method !== 'HEAD') routes.push(route);
  });
  let made: OpenApi | null = null;
  return () => {
    made ??= document(routes, version);
    return made;
  };
}

function document(routes: readonly RouteOptions[], version: string): OpenApi {
  const shapes = new Shapes();
  const paths: Record<string, Record<string, Operation>> = {};
  for (const route of routes) {
    const path = route.url.replaceAll(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [String(route.method).toLowerCase()]: operation(route, shapes) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'opsloop',
      version,
      description: 'What people can ask of opsloop in Slack, for programs: through the same policy, approvals and audit. Times are epoch milliseconds (…Ms).',
    },
    servers: [{ url: '/' }],
    paths,
    components: {
      schemas: shapes.components(),
      securitySchemes: { token: { type: 'http', scheme: 'bearer', description: 'Made with "opsloop tokens create".' } },
    },
  };
}

function operation(route: RouteOptions, shapes: Shapes): Operation {
  const { doc, access } = route.config ?? {};
  if (doc === undefined || access === undefined) throw new RangeError(`${route.url} is not described`);
  const { params, querystring, body } = (route.schema ?? {}) as { params?: ZodType; querystring?: ZodType; body?: ZodType };
  const method = String(route.method).toLowerCase();
  const parameters = [
    ...shapes.parameters(params, 'path'),
    ...shapes.parameters(querystring, 'query'),
    ...(method === 'post' && route.url.startsWith('/api/') ? [IDEMPOTENCY_KEY] : []),
  ];
  return {
    operationId: `${method}${route.url.replaceAll(/[^a-z]+(\w)/gi, (_, letter: string) => letter.toUpperCase())}`,
    tags: [doc.tag],
    summary: doc.summary,
    ...(doc.detail === undefined ? {} : { description: doc.detail }),
    parameters,
    ...(body === undefined
      ? {}
      : { requestBody: { required: !body.safeParse(undefined).success, content: { 'application/json': { schema: shapes.of(body, 'input') } } } }),
    responses: { ...answers(doc.answers, shapes), ...problems(access, parameters.length > 0 || body !== undefined, shapes) },
    security: access === 'public' || access === 'own' ? [] : [{ token: [] }],
    'x-scope': access,
  };
}

function answers(
  given: NonNullable<RouteOptions['config']>['doc'] extends infer Doc | undefined ? (Doc extends { answers: infer A } ? A : never) : never,
  shapes: Shapes,
): Operation['responses'] {
  const entries = Object.entries(given).map(([status, { what, schema, type = 'application/json' }]) => {
    if (Number(status) >= 400) return [status, { description: what }] as const;
    const content = schema === undefined ? { schema: { type: 'string' } } : { schema: shapes.of(schema, 'output') };
    return [status, { description: what, content: { [type]: content } }] as const;
  });
  return Object.fromEntries(entries);
}

const PROBLEMS: Readonly<Record<number, string>> = {
  400: 'The request itself is wrong',
  401: 'No valid token',
  403: 'The token or the policy does not allow it',
  404: 'There is no such thing',
  408: 'The request took too long to arrive',
  409: 'Not possible in the state it is in',
  413: 'The body is too large',
  414: 'The address is too long',
  415: 'Not JSON in UTF-8',
  429: 'Too many requests; see Retry-After',
  431: 'The headers are too long',
  503: 'Something opsloop depends on does not answer',
};

function problems(access: string, takesInput: boolean, shapes: Shapes): Operation['responses'] {
  const wanted = Object.entries(PROBLEMS).filter(([status]) => {
    if (access === 'public') return status === '503';
    return takesInput || ['401', '403', '408', '429', '431', '503'].includes(status);
  });
  return Object.fromEntries(
    wanted.map(([status, description]) => [status, { description, content: { 'application/problem+json': { schema: shapes.of(ProblemSchema, 'output') } } }]),
  );
}

/** zod schemas as JSON Schema; the named ones once, under components. */
class Shapes {
  readonly #registry = z.registry<{ id: string }>();
  readonly #components: Json = {};

  constructor() {
    for (const [id, schema] of NAMED) this.#registry.add(schema, { id });
  }

  of(schema: ZodType, io: 'input' | 'output'): Json {
    const { $schema: _, $defs, ...shape } = z.toJSONSchema(schema, { io, metadata: this.#registry, unrepresentable: 'any' }) as Json & { $defs?: Json };
    const id = this.#registry.get(schema)?.id;
    for (const [name, definition] of Object.entries($defs ?? {})) this.#components[name] ??= lifted(definition);
    if (id === undefined) return lifted(shape) as Json;
    this.#components[id] ??= lifted(shape);
    return { $ref: `#/components/schemas/${id}` };
  }

  parameters(schema: ZodType | undefined, place: 'path' | 'query'): Operation['parameters'] {
    if (schema === undefined) return [];
    const { properties = {}, required = [] } = this.of(schema, 'input') as { properties?: Record<string, Json>; required?: string[] };
    return Object.entries(properties).map(([name, shape]) => ({ name, in: place, required: required.includes(name), schema: shape }));
  }

  components(): Json {
    return Object.fromEntries(Object.entries(this.#components).sort(([a], [b]) => (a < b ? -1 : 1)));
  }
}

/** The same, with references as OpenAPI has them and without the names zod leaves in. */
function lifted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(lifted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key, one]) => !(key === 'id' && typeof one === 'string'))
      .map(([key, one]) => [key, key === '$ref' && typeof one === 'string' ? one.replace('#/$defs/', '#/components/schemas/') : lifted(one)]),
  );
}
