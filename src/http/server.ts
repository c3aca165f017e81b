import type { Socket } from 'node:net';
import fastify, { type FastifyInstance } from 'fastify';
import { serializerCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod';
import { withOrigin } from '../domain/origin.ts';
import { VERSION } from '../version.ts';
import { guardAccess } from './access.ts';
import { agentRoutes } from './agents.ts';
import { compileValidator, takeJson } from './body.ts';
import { DOCS_POLICY, docsPage } from './docs.ts';
import { sendHeaders } from './headers.ts';
import { healthRoutes } from './health.ts';
import { historyRoutes } from './history.ts';
import { Idempotency } from './idempotency.ts';
import { incidentRoutes } from './incidents.ts';
import { jobRoutes } from './job-routes.ts';
import { Jobs } from './jobs.ts';
import { linkRoutes } from './links.ts';
import { mcpRoutes } from './mcp.ts';
import { refuseMisfits } from './methods.ts';
import { describeRoutes } from './openapi.ts';
import type { HttpParts } from './parts.ts';
import { patternRoutes } from './patterns.ts';
import { planRoutes } from './plans.ts';
import { sendProblem, toProblem, writeProblem } from './problem.ts';
import type { RouteParts } from './routes.ts';
import { requestsInSteps } from './steps.ts';
import { switchRoutes } from './switches.ts';
import { webhookRoutes } from './webhooks/routes.ts';

const BODY_LIMIT_BYTES = 256 * 1024;

/** How long a client may take, real milliseconds. */
export interface HttpTimeouts {
  readonly requestMs: number; // to send the whole request
  readonly checkMs: number; // how often slow ones are looked for
}
const TIMEOUTS: HttpTimeouts = { requestMs: 30_000, checkMs: 2000 };

/** The HTTP edge: parse, call one verb, map the error. The caller listens and closes. */
export function createServer(parts: HttpParts, timeouts: HttpTimeouts = TIMEOUTS): FastifyInstance {
  const app = fastify({
    bodyLimit: BODY_LIMIT_BYTES,
    requestTimeout: timeouts.requestMs,
    http: { headersTimeout: timeouts.requestMs, connectionsCheckingInterval: timeouts.checkMs },
    forceCloseConnections: 'idle',
    logger: false,
    genReqId: () => parts.ids.next('req'),
    routerOptions: { maxParamLength: 200 },
    clientErrorHandler: answerBrokenRequest,
    frameworkErrors: (error, _request, reply) => void writeProblem(reply, toProblem(error)),
  }).withTypeProvider<ZodTypeProvider>();
  app.setValidatorCompiler(compileValidator);
  app.setSerializerCompiler(serializerCompiler);
  app.setErrorHandler(sendProblem(parts.log));
  requestsInSteps(app, parts.step);
  app.addHook('onResponse', async (request, reply) => {
    parts.metrics.answered(request.routeOptions.url ?? 'unknown', request.method, reply.statusCode, reply.elapsedTime);
  });
  app.addHook('preHandler', (request, _reply, done) => withOrigin({ via: 'http', ids: { request: request.id } }, done));
  takeJson(app);
  sendHeaders(app, parts.settings.corsOrigins);
  const authenticate = guardAccess(app, parts);
  refuseMisfits(app);
  const openApi = describeRoutes(app, VERSION);
  const routeParts: RouteParts = { ...parts, idempotency: new Idempotency(parts.store, parts.clock), jobs: new Jobs(parts.clock, parts.ids) };
  healthRoutes(app, parts);
  patternRoutes(app, routeParts);
  agentRoutes(app, routeParts);
  jobRoutes(app, routeParts);
  incidentRoutes(app, routeParts);
  planRoutes(app, routeParts);
  switchRoutes(app, routeParts);
  historyRoutes(app, routeParts);
  webhookRoutes(app, parts, authenticate);
  mcpRoutes(app, VERSION);
  linkRoutes(app, parts, authenticate);
  app.get('/openapi.json', { config: { access: 'public' } }, async () => openApi());
  app.get('/docs', { config: { access: 'public' } }, async (_request, reply) =>
    reply.type('text/html; charset=utf-8').header('content-security-policy', DOCS_POLICY).send(docsPage(openApi())),
  );
  return app;
}

/** What is not HTTP at all, too slow or too long in its head gets a plain answer and the connection ends. */
function answerBrokenRequest(error: Error & { code?: string }, socket: Socket): void {
  if (!socket.writable) return void socket.destroy();
  const [status, title] =
    error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
      ? ['408 Request Timeout', 'The request took too long.']
      : error.code === 'HPE_HEADER_OVERFLOW'
        ? ['431 Request Header Fields Too Large', 'The headers are too long.']
        : ['400 Bad Request', 'This is not a valid HTTP request.'];
  const body = JSON.stringify({ type: 'about:blank', status: Number(status.slice(0, 3)), code: 'invalid_input', title });
  socket.end(`HTTP/1.1 ${status}\r\nContent-Type: application/problem+json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`);
}
