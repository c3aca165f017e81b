import { z } from 'zod';
import { answering } from './describe.ts';
import type { HttpParts } from './parts.ts';
import { SourceStatusSchema } from './schemas.ts';
import type { TypedServer } from './typed.ts';

const LATE_MS = 3 * 60_000; // three missed ticks

const HealthSchema = z.object({
  ok: z.boolean(),
  loop: z.object({ ok: z.boolean(), lastTickAtMs: z.number().nullable(), lastTickMs: z.number().nullable(), errors: z.number() }),
  store: z.boolean(),
  slack: z.boolean(),
  sources: z.array(SourceStatusSchema),
  ingestion: z
    .object({
      state: z.enum(['idle', 'waiting', 'running', 'failed', 'done']),
      error: z.string().nullable(),
      atMs: z.number().nullable(),
      lastSuccessAtMs: z.number().nullable(),
    })
    .nullable(), // null: the knowledge base needs none
  outbox: z.number().nullable(), // null: the store cannot say
});

/**
 * `GET /healthz`: is it alive? 503 when the loop has stopped ticking or the store does not answer: a restart may help.
 * `GET /readyz`: can it do its work? 503 too while Slack or every source is away: a restart would not help. Both say what they saw. Of several
 * replicas only the one that leads reads sources; the others are ready when they hear of its rounds.
 */
export function healthRoutes(app: TypedServer, parts: HttpParts): void {
  const startedAtMs = parts.clock.now();
  const look = async () => {
    const nowMs = parts.clock.now();
    const { lastTickAtMs, lastTickMs, errors } = parts.ticks;
    const loop = nowMs - (lastTickAtMs ?? startedAtMs) < LATE_MS;
    const outbox = await parts.store.outbox.size().catch(() => null);
    const sources = parts.sources();
    const state = {
      loop: { ok: loop, lastTickAtMs, lastTickMs, errors },
      store: outbox !== null,
      slack: parts.slackReady(),
      sources,
      ingestion: parts.ingestion?.() ?? null,
      outbox,
    };
    const alive = loop && state.store;
    const reads = !parts.leads() || sources.some((source) => source.ok && source.lastReadAtMs !== null);
    return { state, alive, ready: alive && state.slack && lastTickAtMs !== null && reads };
  };
  app.get(
    '/healthz',
    { config: { access: 'public', doc: answering('Operations', 'Whether it is alive (503: restart it)', HealthSchema) } },
    async (_request, reply) => {
      const { state, alive } = await look();
      return await reply.status(alive ? 200 : 503).send({ ok: alive, ...state });
    },
  );
  app.get('/readyz', { config: { access: 'public', doc: answering('Operations', 'Whether it can do its work', HealthSchema) } }, async (_request, reply) => {
    const { state, ready } = await look();
    return await reply.status(ready ? 200 : 503).send({ ok: ready, ...state });
  });
  const metrics = { tag: 'Operations', summary: 'Figures for Prometheus', answers: { 200: { what: 'Text exposition format', type: 'text/plain' } } };
  app.get('/metrics', { config: { access: 'public', doc: metrics } }, async (_request, reply) =>
    reply.type(parts.metrics.contentType).send(await parts.metrics.text()),
  );
}
