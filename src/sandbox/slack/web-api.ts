import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Core } from './core.ts';
import type { FaultPlan } from './faults.ts';
import type { Uploads } from './methods/files.ts';
import { allMethods } from './methods/index.ts';
import { type ApiMethod, needScope } from './methods/method.ts';
import { Refusal } from './refusal.ts';
import { respond } from './response-url.ts';
import type { ApiCall, Json } from './types.ts';

export interface Tokens {
  readonly bot: string;
  readonly app: string;
}
const CALLS_MAX = 20_000;

/** The HTTP side of Slack: `/api/METHOD`, upload URLs, private file URLs, response URLs. */
export class WebApi {
  readonly calls: ApiCall[] = [];
  readonly #core: () => Core;
  readonly #tokens: Tokens;
  readonly #faults: FaultPlan;
  readonly #uploads: Uploads;
  readonly #methods: ReadonlyMap<string, ApiMethod>;

  constructor(parts: { core: () => Core; tokens: Tokens; faults: FaultPlan; uploads: Uploads }) {
    this.#core = parts.core;
    this.#tokens = parts.tokens;
    this.#faults = parts.faults;
    this.#uploads = parts.uploads;
    this.#methods = allMethods(parts.uploads);
  }

  register(server: FastifyInstance): void {
    server.all<{ Params: { method: string } }>('/api/:method', (request, reply) => this.#call(request, reply, request.params.method));
    server.post<{ Params: { id: string } }>('/upload/:id', async (request, reply) => {
      const bytes = await fileBytes(request);
      return this.#uploads.receive(request.params.id, bytes)
        ? `OK - ${bytes.length}`
        : reply.code(400).send('ERROR - the upload was not announced with this length');
    });
    server.post<{ Params: { id: string } }>('/response/:id', (request, reply) => this.#respond(request, reply));
    for (const path of ['/files/:id/:name', '/files/:id/download/:name']) {
      server.get<{ Params: { id: string } }>(path, (request, reply) => {
        const file = this.#core().workspace.files.get(request.params.id);
        const allowed = bearer(request) === this.#tokens.bot && this.#core().manifest.scopes.has('files:read');
        if (file === undefined || !allowed) return reply.code(file === undefined ? 404 : 403).send();
        return reply.type(file.mimeType).send(Buffer.from(file.bytes));
      });
    }
  }

  #note(method: string, args: Json, outcome: string, startedMs: number): void {
    this.calls.push({ method, args, outcome, atMs: this.#core().workspace.now(), tookMs: performance.now() - startedMs });
    if (this.calls.length > CALLS_MAX) this.calls.shift();
    this.#core().workspace.changed();
  }

  async #call(request: FastifyRequest, reply: FastifyReply, method: string): Promise<FastifyReply> {
    const startedMs = performance.now();
    const { token: inArgs, ...args } = argsOf(request);
    const finish = (outcome: string, status: number, body: Json): FastifyReply => {
      this.#note(method, args, outcome, startedMs);
      return reply.code(status).send(body);
    };
    if (this.#faults.down) return finish('http 503', 503, { ok: false, error: 'service_unavailable' });
    const faults = this.#faults.take(method);
    for (const fault of faults) {
      if (fault.kind === 'slow') await sleep(fault.delayMs);
      if (fault.kind === 'rate_limit') {
        reply.header('retry-after', fault.retryAfterS);
        return finish('http 429', 429, { ok: false, error: 'ratelimited' });
      }
      if (fault.kind === 'error') return finish(fault.error, 200, { ok: false, error: fault.error });
    }
    const answer = await this.#answer(method, bearer(request) ?? String(inArgs ?? ''), args, reply);
    const lost = faults.some((fault) => fault.kind === 'lose_reply');
    this.#note(method, args, lost ? 'reply lost' : answer.ok === true ? 'ok' : String(answer.error), startedMs);
    if (!lost) return reply.send(answer);
    request.raw.socket.destroy();
    return reply.hijack();
  }

  async #answer(name: string, token: string, args: Json, reply: FastifyReply): Promise<Json & { ok: boolean; error?: unknown }> {
    try {
      const method = this.#methods.get(name);
      if (method === undefined) throw new Refusal('unknown_method', { req_method: name });
      if (method.token !== 'none') this.#checkToken(token, method.token);
      reply.header('x-oauth-scopes', [...this.#core().manifest.scopes].join(','));
      if (method.scopes.length > 0) needScope(this.#core(), ...method.scopes);
      return { ok: true, ...(await method.run(args, this.#core())) };
    } catch (error) {
      if (error instanceof Refusal) return { ok: false, error: error.error, ...error.extra };
      throw error;
    }
  }

  #checkToken(token: string, wanted: 'bot' | 'app'): void {
    if (token === '') throw new Refusal('not_authed');
    if (token !== this.#tokens.bot && token !== this.#tokens.app) throw new Refusal('invalid_auth');
    if (token !== this.#tokens[wanted]) throw new Refusal('not_allowed_token_type');
  }

  #respond(request: FastifyRequest<{ Params: { id: string } }>, reply: FastifyReply): FastifyReply {
    const startedMs = performance.now();
    const args = argsOf(request);
    try {
      if (this.#faults.down) throw new Refusal('service_unavailable');
      const limited = this.#faults.take('response_url').find((fault) => fault.kind === 'error');
      if (limited !== undefined) throw new Refusal(limited.error);
      respond(this.#core(), this.#core().responses.use(request.params.id), args);
      this.#note('response_url', args, 'ok', startedMs);
      return reply.send({ ok: true });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.#note('response_url', args, error.error, startedMs);
      const status = { expired_url: 404, used_url: 404, service_unavailable: 503 }[error.error] ?? 400;
      return reply.code(status).send({ ok: false, error: error.error, ...error.extra });
    }
  }
}

function bearer(request: FastifyRequest): string | null {
  return /^Bearer\s+(\S+)$/i.exec(request.headers.authorization ?? '')?.[1] ?? null;
}

function argsOf(request: FastifyRequest): Json {
  const query = typeof request.query === 'object' && request.query !== null ? request.query : {};
  const body = typeof request.body === 'object' && request.body !== null && !(request.body instanceof Uint8Array) ? request.body : {};
  return { ...query, ...body };
}

/** The bytes of an upload: the body itself, or the one file of a multipart form. */
async function fileBytes(request: FastifyRequest): Promise<Uint8Array> {
  const raw = request.body instanceof Uint8Array ? new Uint8Array(request.body) : new Uint8Array();
  const type = request.headers['content-type'] ?? '';
  if (!type.startsWith('multipart/form-data')) return raw;
  const form = await new Response(raw, { headers: { 'content-type': type } }).formData();
  for (const value of form.values()) if (typeof value !== 'string') return new Uint8Array(await value.arrayBuffer());
  return new Uint8Array();
}
