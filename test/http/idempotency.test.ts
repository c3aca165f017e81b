import { describe, expect, it, onTestFinished } from 'vitest';
import { OpsError } from '../../src/domain/errors.ts';
import { SCOPES } from '../../src/domain/token.ts';
import type { OpenApi } from '../../src/http/openapi.ts';
import { createServer } from '../../src/http/server.ts';
import { anIncident, aPlan } from '../support/verbs.ts';
import { Api, T0 } from './api.ts';

const EXEC = '/api/agents/action/exec';
const key = (value: string) => ({ headers: { 'idempotency-key': value } });

describe('Idempotency-Key', () => {
  it('gives the first answer to a repeat, also after a restart, and makes one plan', async () => {
    const api = await Api.open();
    const { id } = await anIncident(api.store, T0);
    const first = await api.post(EXEC, { issue: id }, key('deploy-1'));
    expect(first.status).toBe(200);
    const token = await api.token(['act:request']);
    const mine = await api.post(EXEC, { issue: id }, { token, ...key('a') });
    const restarted = createServer(api.parts);
    const again = await restarted.inject({
      method: 'POST',
      url: EXEC,
      headers: { authorization: `Bearer ${token}`, 'idempotency-key': 'a' },
      payload: { issue: id },
    });
    await restarted.close();
    expect(again.json()).toEqual(mine.body);
    expect((await api.post(EXEC, { issue: id }, key('deploy-1'))).body).toEqual(first.body);
    expect(await api.store.plans.list({ limit: 10 })).toHaveLength(2); // one a caller
  });

  it('lets repeats that come at the same time wait for the first', async () => {
    const api = await Api.open();
    const { id } = await anIncident(api.store, T0);
    const answers = await Promise.all(Array.from({ length: 8 }, () => api.post(EXEC, { issue: id }, key('once'))));
    expect(new Set(answers.map((answer) => answer.text)).size).toBe(1);
    expect(await api.store.plans.list({ limit: 10 })).toHaveLength(1);
  });

  it('is one over all replicas: what is at work elsewhere is not begun here, what went down with its process is', async () => {
    const api = await Api.open();
    const { id } = await anIncident(api.store, T0);
    const token = await api.token(['act:request']);
    const elsewhere = createServer(api.parts);
    onTestFinished(() => elsewhere.close());
    const there = async () => {
      const headers = { authorization: `Bearer ${token}`, 'idempotency-key': 'k' };
      const answer = await elsewhere.inject({ method: 'POST', url: EXEC, headers, payload: { issue: id } });
      return { status: answer.statusCode, body: answer.json() };
    };
    const release = api.verbs.holdNext('proposeFix');
    const here = api.post(EXEC, { issue: id }, { token, ...key('k') });
    await expect.poll(() => api.verbs.calls.length).toBe(1);
    expect(await there()).toMatchObject({ status: 409, body: { code: 'conflict', hint: expect.stringContaining('Repeat it') } });
    release();
    const first = await here;
    expect(await there()).toEqual({ status: 200, body: first.body });
    expect(await api.store.plans.list({ limit: 10 })).toHaveLength(1);
  });

  it('is free again when the process that worked on it is gone', async () => {
    const api = await Api.open();
    const { id } = await anIncident(api.store, T0);
    const token = await api.token(['act:request']);
    const release = api.verbs.holdNext('proposeFix');
    void api.post(EXEC, { issue: id }, { token, ...key('k') });
    await expect.poll(() => api.verbs.calls.length).toBe(1);
    const restarted = createServer(api.parts);
    onTestFinished(() => restarted.close());
    const again = () =>
      restarted.inject({ method: 'POST', url: EXEC, headers: { authorization: `Bearer ${token}`, 'idempotency-key': 'k' }, payload: { issue: id } });
    expect((await again()).statusCode).toBe(409);
    api.clock.advance(2 * 60_000);
    const second = again(); // no longer refused: it is begun anew, and held up as the first
    release();
    expect((await second).statusCode).toBe(200);
  });

  it('keeps the status with the answer', async () => {
    const api = await Api.open();
    const started = await api.post('/api/agents/collect/run', undefined, key('c'));
    expect(started.status).toBe(202);
    expect(await api.post('/api/agents/collect/run', undefined, key('c'))).toMatchObject({ status: 202, body: { id: (started.body as { id: string }).id } });
  });

  it('is honoured on every POST of the API, as the OpenAPI document says', async () => {
    const api = await Api.open();
    const { id } = await anIncident(api.store, T0);
    for (let n = 0; n < 2; n += 1) await aPlan(api.store, id, T0);
    const bodies: Readonly<Record<string, object>> = {
      '/api/patterns/detect': { text: 'CPU high' },
      '/api/patterns/learn': { incident: id },
      '/api/patterns/feedback': { subject: id, verdict: 'good' },
      '/api/agents/collect/run': {},
      '/api/agents/detect/run': {},
      '/api/agents/rca/analyze': { subject: id },
      [EXEC]: { issue: id },
      '/api/plans/PLAN-1/approve': {},
      '/api/plans/PLAN-2/reject': { reason: 'no' },
      '/api/pause': { scope: 'all', reason: 'a drill' },
      '/api/resume': { scope: 'all' },
    };
    const document = (await api.get('/openapi.json')).body as OpenApi;
    const described = Object.entries(document.paths).flatMap(([path, { post }]) =>
      post?.parameters.some((one) => one.name === 'Idempotency-Key') === true ? [path] : [],
    );
    expect(described.sort()).toEqual(
      Object.keys(bodies)
        .map((path) => path.replace(/PLAN-\d/, '{id}'))
        .sort(),
    );
    const token = await api.token(SCOPES, 'U9');
    for (const [url, body] of Object.entries(bodies)) {
      const call = { token, ...key('same-everywhere') };
      const first = await api.post(url, body, call);
      expect([200, 202], `${url} ${first.text}`).toContain(first.status);
      const calls = api.verbs.calls.length;
      expect(await api.post(url, body, call), url).toMatchObject({ status: first.status, text: first.text });
      expect(api.verbs.calls.length, url).toBe(calls);
    }
  });

  it('refuses the same key for a different request', async () => {
    const api = await Api.open();
    const { id } = await anIncident(api.store, T0);
    await api.post(EXEC, { issue: id }, key('k'));
    expect(await api.post(EXEC, { issue: `${id} again` }, key('k'))).toMatchObject({ status: 409, body: { code: 'conflict' } });
    expect((await api.post('/api/patterns/feedback', { subject: 'PAT-001', verdict: 'good' }, key('k'))).status).toBe(200); // another route
  });

  it('lets a request that failed be tried again', async () => {
    const api = await Api.open();
    const { id } = await anIncident(api.store, T0);
    api.verbs.failNext('proposeFix', new OpsError('unavailable', 'AWS is away.'));
    expect((await api.post(EXEC, { issue: id }, key('k'))).status).toBe(503);
    expect((await api.post(EXEC, { issue: id }, key('k'))).status).toBe(200);
  });

  it.each(['', ' ', 'with space', 'x'.repeat(201), 'é'])('refuses the key %j', async (value) => {
    const api = await Api.open();
    expect(await api.post(EXEC, { issue: 'INC-1' }, key(value))).toMatchObject({ status: 400, body: { code: 'invalid_input' } });
    expect(api.verbs.calls).toEqual([]);
  });
});
