import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { OpsError } from '../domain/errors.ts';
import { answering } from './describe.ts';
import { takeHeaders } from './headers.ts';
import type { Job, Run } from './jobs.ts';
import type { RouteParts } from './routes.ts';
import { JobSchema } from './schemas.ts';
import type { TypedServer } from './typed.ts';

const LONGEST_WAIT_S = 60;
const PROGRESS_EVERY_MS = 500;
const STREAMS_MAX = 50;

/**
 * Starts a long run: answers 202 with the job, or, with `Prefer: wait=10`, waits so many seconds and answers 200 with the result.
 * A run that failed while waited for answers with its problem.
 */
export async function runJob(parts: RouteParts, request: FastifyRequest, reply: FastifyReply, run: Run): Promise<unknown> {
  const job = parts.jobs.start(run);
  const waitS = preferredWait(request.headers['prefer']);
  if (waitS > 0) {
    reply.header('preference-applied', `wait=${waitS}`);
    const now = await parts.jobs.wait(job.id, waitS * 1000);
    if (now.state === 'done') return now.result;
  }
  reply.status(202).headers({ location: `/api/jobs/${job.id}`, 'retry-after': '1' });
  return parts.jobs.get(job.id);
}

/** Each event of a stream; `data` is JSON: how far it is, or the job. */
const EventSchema = z.object({ event: z.enum(['progress', 'done', 'failed']), data: z.string() });

/** Seconds of `Prefer: wait=N` (RFC 7240); 0 without it. */
export function preferredWait(header: string | string[] | undefined): number {
  const text = Array.isArray(header) ? header.join() : (header ?? '');
  const seconds = /(?:^|[,;\s])wait\s*=\s*(\d{1,6})(?:$|[,;\s])/i.exec(text)?.[1];
  return seconds === undefined ? 0 : Math.min(LONGEST_WAIT_S, Number(seconds));
}

export function jobRoutes(app: TypedServer, parts: RouteParts): void {
  const params = z.object({ id: z.string().min(1).max(100) });
  let streams = 0;
  const closing = new AbortController();
  app.addHook('preClose', async () => {
    closing.abort();
    parts.jobs.close();
  });

  app.get(
    '/api/jobs/:id',
    { schema: { params }, config: { access: 'detect', doc: answering('Agents', 'A run, and its result once it has ended', JobSchema) } },
    async (request) => parts.jobs.get(request.params.id),
  );

  const doc = {
    tag: 'Agents',
    summary: 'Progress of a run as server-sent events',
    answers: { 200: { what: '`progress` events, then one `done` or `failed` with the job', schema: EventSchema, type: 'text/event-stream' } },
  };
  app.get('/api/jobs/:id/events', { schema: { params }, config: { access: 'detect', doc } }, async (request, reply) => {
    const { id } = request.params;
    parts.jobs.get(id);
    if (streams >= STREAMS_MAX) throw new OpsError('limited', 'Too many streams are open.', `Ask /api/jobs/${id} now and then instead.`);
    streams += 1;
    const gone = new AbortController();
    reply.raw.once('close', () => gone.abort());
    reply.hijack();
    takeHeaders(reply);
    reply.raw.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'x-accel-buffering': 'no' });
    try {
      await stream(parts, id, (text) => reply.raw.write(text), AbortSignal.any([gone.signal, closing.signal]));
    } finally {
      streams -= 1;
      reply.raw.end();
    }
  });
}

async function stream(parts: RouteParts, id: string, write: (text: string) => void, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const job = parts.jobs.get(id);
    if (job.state !== 'running') {
      write(event(job.state, job));
      return;
    }
    write(event('progress', progressOf(parts, job)));
    await parts.jobs.wait(id, PROGRESS_EVERY_MS).catch(() => undefined); // its failure is in the job
  }
}

const event = (name: string, data: unknown): string => `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;

function progressOf(parts: RouteParts, job: Job) {
  const sources = parts.sources();
  const read = sources.filter((source) => (source.lastReadAtMs ?? 0) >= job.startedAtMs).length;
  return { id: job.id, kind: job.kind, state: job.state, elapsedMs: parts.clock.now() - job.startedAtMs, sourcesRead: read, sources: sources.length };
}
