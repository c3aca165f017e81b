import { describe, expect, it } from 'vitest';
import { OpsError } from '../../src/domain/errors.ts';
import { createServer } from '../../src/http/server.ts';
import { anIncident } from '../support/verbs.ts';
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

  it('keeps the status with the answer', async () => {
    const api = await Api.open();
    const started = await api.post('/api/agents/collect/run', undefined, key('c'));
    expect(started.status).toBe(202);
    expect(await api.post('/api/agents/collect/run', undefined, key('c'))).toMatchObject({ status: 202, body: { id: (started.body as { id: string }).id } });
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
