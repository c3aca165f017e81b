import { describe, expect, it } from 'vitest';
import { Api, T0 } from './api.ts';

const open = { token: null };
const source = { name: 'cloudwatch', kind: 'metrics' as const, ok: true, lastReadAtMs: T0, error: null };

describe('/healthz and /readyz tell the truth', () => {
  it('are both well when loop, store, Slack and a source are', async () => {
    const api = await Api.open();
    for (const url of ['/healthz', '/readyz'])
      expect(await api.get(url, open)).toMatchObject({ status: 200, body: { ok: true, store: true, slack: true, loop: { ok: true }, outbox: 0 } });
  });

  it('is alive but not ready while Slack is away: a restart would not help', async () => {
    const api = await Api.open({ slackReady: () => false });
    expect((await api.get('/healthz', open)).status).toBe(200);
    expect(await api.get('/readyz', open)).toMatchObject({ status: 503, body: { ok: false, slack: false } });
  });

  it.each([
    ['no source', []],
    ['only sources that fail', [{ ...source, ok: false, error: 'throttled' }]],
    ['a source never read', [{ ...source, lastReadAtMs: null }]],
  ])('is not ready with %s', async (_, sources) => {
    const api = await Api.open({ sources: () => sources });
    expect((await api.get('/healthz', open)).status).toBe(200);
    expect((await api.get('/readyz', open)).status).toBe(503);
  });

  it('is ready without sources of its own where another replica leads, as long as it hears of the rounds', async () => {
    const api = await Api.open({ leads: () => false, sources: () => [{ ...source, lastReadAtMs: null }] });
    expect((await api.get('/readyz', open)).status).toBe(200);
    api.clock.advance(3 * 60_000);
    expect((await api.get('/readyz', open)).status).toBe(503);
  });

  it('is ready with one source of two', async () => {
    const api = await Api.open({ sources: () => [{ ...source, ok: false }, source] });
    expect((await api.get('/readyz', open)).status).toBe(200);
  });

  it('is neither once the loop has missed three ticks', async () => {
    const api = await Api.open();
    api.clock.advance(3 * 60_000);
    for (const url of ['/healthz', '/readyz']) expect(await api.get(url, open)).toMatchObject({ status: 503, body: { loop: { ok: false, lastTickAtMs: T0 } } });
  });

  it('is alive, and not ready, before the first tick; not for ever', async () => {
    const api = await Api.open({ ticks: { lastTickAtMs: null, lastTickMs: null, errors: 0 } });
    expect((await api.get('/healthz', open)).status).toBe(200);
    expect((await api.get('/readyz', open)).status).toBe(503);
    api.clock.advance(3 * 60_000);
    expect((await api.get('/healthz', open)).status).toBe(503);
  });

  it('is neither when the store does not answer', async () => {
    const api = await Api.open();
    await api.store.close();
    for (const url of ['/healthz', '/readyz']) expect(await api.get(url, open)).toMatchObject({ status: 503, body: { store: false, outbox: null } });
  });

  it('gives its figures to Prometheus, with what it answered', async () => {
    const api = await Api.open();
    await api.get('/api/incidents/INC-7');
    const answer = await api.get('/metrics', open);
    expect(answer.headers['content-type']).toContain('text/plain; version=0.0.4');
    expect(answer.text).toContain('opsloop_http_request_duration_seconds_count{route="/api/incidents/:id",method="GET",status="404"} 1');
  });
});
