import type { TypedServer } from './routes.ts';
import type { HttpParts } from './server.ts';

const LATE_MS = 3 * 60_000; // three missed ticks

/** `GET /healthz`: 200 while the loop ticks and Slack is there, 503 otherwise; says what is wrong, without any token. */
export function healthRoute(app: TypedServer, parts: HttpParts): void {
  app.get('/healthz', async (_request, reply) => {
    const status = await parts.verbs.status();
    const tickAgeMs = status.lastTickAtMs === null ? null : status.nowMs - status.lastTickAtMs;
    const slack = parts.slackReady();
    const loop = tickAgeMs !== null && tickAgeMs < LATE_MS;
    const sources = status.sources.map(({ name, kind, ok, lastReadAtMs, error }) => ({ name, kind, ok, lastReadAtMs, error }));
    const ok = slack && loop;
    return await reply
      .status(ok ? 200 : 503)
      .send({
        ok,
        slack,
        loop: { ok: loop, lastTickAtMs: status.lastTickAtMs, lastTickMs: status.lastTickMs, errors: status.tickErrors },
        sources,
        outbox: status.outboxSize,
      });
  });
}
