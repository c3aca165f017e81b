import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Core } from '../core.ts';
import { act } from './acts.ts';
import { pageState } from './state.ts';
import type { Viewer } from './viewer.ts';

const SCRIPT = 'text/javascript; charset=utf-8';
const PARTS = {
  '/': ['index.html', 'text/html; charset=utf-8'],
  '/page/app.js': ['app.js', SCRIPT],
  '/page/completion.js': ['completion.js', SCRIPT],
  '/page/picker.js': ['picker.js', SCRIPT],
  '/page/view.js': ['view.js', SCRIPT],
  '/page/style.css': ['style.css', 'text/css; charset=utf-8'],
} as const;
const CHINESE = createRequire(import.meta.url).resolve('@expo-google-fonts/noto-sans-sc/400Regular/NotoSansSC_400Regular.ttf');
const POLICY = "default-src 'self'; img-src 'self' data: https: http:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'";
const TELL_AFTER_MS = 40; // changes closer together than this reach the page as one
const LISTENERS_MAX = 50;

/** Only this machine's own browser may use the page: a foreign name that resolves to it is refused. */
function isLocal(request: FastifyRequest): boolean {
  const host = (request.headers.host ?? '').replace(/:\d+$/, '');
  return ['localhost', '127.0.0.1', '[::1]'].includes(host);
}

/** The page at `/`: its parts, its state, its live updates, and what people do on it. */
export function registerPage(server: FastifyInstance, core: () => Core): void {
  server.addHook('onRequest', async (request, reply) => {
    const ofPage = request.url === '/' || request.url.startsWith('/page/');
    if (ofPage && !isLocal(request)) return reply.code(403).send('Open this page as http://localhost.');
    if (ofPage) reply.header('content-security-policy', POLICY).header('cache-control', 'no-store').header('x-content-type-options', 'nosniff');
  });
  for (const [path, [file, type]] of Object.entries(PARTS)) {
    server.get(path, (_request, reply) => reply.type(type).send(readFileSync(new URL(file, import.meta.url), 'utf8')));
  }
  server.get('/page/chinese.ttf', (_request, reply) => reply.type('font/ttf').send(readFileSync(CHINESE)));
  server.get<{ Querystring: { user?: string; where?: string; thread?: string } }>('/page/state', (request, reply) => {
    const { where = '', thread = '' } = request.query;
    return reply.send(pageState(viewerOf(core(), request.query.user), where, thread));
  });
  server.post<{ Body: { user?: unknown; act?: unknown } | null }>('/page/act', async (request, reply) => {
    const { user, act: what } = request.body ?? {};
    return reply.send(await act(core(), viewerOf(core(), user).person.id, what));
  });
  server.get('/page/events', (request, reply) => follow(core(), request, reply));
  server.get<{ Params: { id: string } }>('/page/files/:id', (request, reply) => {
    const file = core().workspace.files.get(request.params.id);
    if (file === undefined) return reply.code(404).send('There is no such file.');
    const type = file.mimeType.startsWith('image/') ? file.mimeType : 'text/plain; charset=utf-8';
    return reply.type(type).send(Buffer.from(file.bytes));
  });
}

/** The person who looks; the first one when the page does not say. */
function viewerOf(core: Core, userId: unknown): Viewer {
  const people = core.workspace.people;
  const person = people.get(String(userId)) ?? [...people.values()][0];
  if (person === undefined) throw new Error('a workspace needs people');
  return { core, person };
}

let listeners = 0;
/** Server-sent events: one word after each change, so that the page looks again. */
function follow(core: Core, request: FastifyRequest, reply: FastifyReply): void {
  if (listeners >= LISTENERS_MAX) {
    reply.code(503).send('Too many pages are open.');
    return;
  }
  listeners += 1;
  reply.hijack();
  reply.raw.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  reply.raw.write('data: hello\n\n');
  let timer: NodeJS.Timeout | null = null;
  const changed = (): void => {
    timer ??= setTimeout(() => {
      timer = null;
      reply.raw.write('data: changed\n\n');
    }, TELL_AFTER_MS);
  };
  core.workspace.on('change', changed);
  request.raw.on('close', () => {
    listeners -= 1;
    if (timer !== null) clearTimeout(timer);
    core.workspace.off('change', changed);
  });
}
