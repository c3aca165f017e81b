import { describe, expect, it } from 'vitest';
import { SCOPES, type Scope } from '../../src/domain/token.ts';
import { anIncident, aPlan } from '../support/verbs.ts';
import { Api, SETTINGS, T0 } from './api.ts';

const ENDPOINTS: readonly (readonly ['GET' | 'POST', string, Scope, unknown])[] = [
  ['POST', '/api/patterns/detect', 'detect', { text: 'CPU high' }],
  ['POST', '/api/patterns/learn', 'learn', { incident: 'INC-1' }],
  ['GET', '/api/patterns/search?q=cpu', 'read', undefined],
  ['GET', '/api/patterns/PAT-001', 'read', undefined],
  ['POST', '/api/patterns/feedback', 'learn', { subject: 'INC-1', verdict: 'good' }],
  ['POST', '/api/agents/collect/run', 'detect', undefined],
  ['POST', '/api/agents/detect/run', 'detect', undefined],
  ['POST', '/api/agents/rca/analyze', 'detect', { subject: 'INC-1' }],
  ['POST', '/api/agents/action/exec', 'act:request', { issue: 'INC-1' }],
  ['GET', '/api/incidents', 'read', undefined],
  ['GET', '/api/incidents/INC-1', 'read', undefined],
  ['GET', '/api/plans', 'read', undefined],
  ['GET', '/api/plans/PLAN-1', 'read', undefined],
  ['POST', '/api/plans/PLAN-1/approve', 'act:approve', {}],
  ['POST', '/api/plans/PLAN-1/reject', 'act:approve', {}],
  ['GET', '/api/audit', 'read', undefined],
  ['GET', '/api/status', 'read', undefined],
];

describe('who may call what', () => {
  it('refuses every endpoint without a token, with a wrong one, and with a revoked one, before it reads the body', async () => {
    const api = await Api.open();
    const revoked = await api.token(SCOPES, 'U1');
    for (const { id } of await api.store.tokens.list()) await api.store.tokens.revoke(id, { type: 'system', component: 'test' }, T0);
    for (const [method, url] of ENDPOINTS) {
      for (const token of [null, 'ops_wrong', revoked, 'ops_wrong with spaces']) {
        const answer = await api.send(method, url, { token, raw: '{broken' });
        expect(answer, `${method} ${url}`).toMatchObject({ status: 401, body: { code: 'forbidden', hint: expect.stringContaining('Authorization') } });
        expect(answer.headers['www-authenticate']).toBe('Bearer');
      }
    }
    expect(api.verbs.calls).toEqual([]);
  });

  it('lets a token do what its scopes say and nothing else', async () => {
    const api = await Api.open();
    const incident = await anIncident(api.store, T0);
    await aPlan(api.store, incident.id, T0);
    for (const [method, url, needed, body] of ENDPOINTS) {
      const others = await api.token(
        SCOPES.filter((scope) => scope !== needed),
        'U9',
      );
      const refused = await api.send(method, url, { token: others, body });
      expect(refused, url).toMatchObject({ status: 403, body: { code: 'forbidden', title: `This token has not the scope "${needed}".` } });
      const allowed = await api.send(method, url, { token: await api.token([needed], 'U9'), body });
      expect([200, 202, 409], `${method} ${url} ${allowed.text}`).toContain(allowed.status);
    }
  });

  it('refuses a token in the address, also a valid one', async () => {
    const api = await Api.open();
    const secret = await api.token(['read']);
    for (const name of ['token', 'access_token', 'API_KEY', 'x-api-key', 'Authorization', 'auth', 'secret', 'q', 'cursor']) {
      const answer = await api.get(`/api/status?${name}=${secret}`);
      expect(answer).toMatchObject({ status: 403, body: { title: expect.stringContaining('address') } });
      expect(answer.text).not.toContain(secret);
    }
  });

  it('notes when a token was used, to the minute', async () => {
    const api = await Api.open();
    const token = await api.token(['read']);
    const used = async () => (await api.store.tokens.list()).at(-1)?.lastUsedAtMs;
    expect(await used()).toBeNull();
    await api.get('/api/status', { token });
    expect(await used()).toBe(T0);
    api.clock.advance(30_000);
    await api.get('/api/status', { token });
    expect(await used()).toBe(T0);
    api.clock.advance(40_000);
    await api.get('/api/status', { token });
    expect(await used()).toBe(T0 + 70_000);
  });

  it('makes no machine token that could approve', async () => {
    const api = await Api.open();
    await expect(api.token(['read', 'act:approve'])).rejects.toMatchObject({ code: 'invalid_input' });
  });

  it('limits how fast one token may ask, and says how long to wait', async () => {
    const api = await Api.open({ settings: { ...SETTINGS, ratePerMin: 3 } });
    const [one, other] = [await api.token(['read']), await api.token(['read'])];
    for (let n = 0; n < 3; n += 1) expect((await api.get('/api/status', { token: one })).status).toBe(200);
    const limited = await api.get('/api/status', { token: one });
    expect(limited).toMatchObject({ status: 429, body: { code: 'limited' } });
    expect(limited.headers['retry-after']).toBe('20');
    expect((await api.get('/api/status', { token: other })).status).toBe(200);
    api.clock.advance(20_000);
    expect((await api.get('/api/status', { token: one })).status).toBe(200);
  });

  it('lets only named origins in from a browser, and answers their preflight', async () => {
    const api = await Api.open({ settings: { ...SETTINGS, corsOrigins: ['https://board.example'] } });
    const strange = await api.get('/api/status', { headers: { origin: 'https://evil.example' } });
    expect(strange).toMatchObject({ status: 403, body: { hint: expect.stringContaining('cors_origins') } });
    const known = await api.get('/api/status', { headers: { origin: 'https://board.example' } });
    expect(known.status).toBe(200);
    expect(known.headers).toMatchObject({ 'access-control-allow-origin': 'https://board.example', vary: 'Origin' });
    const preflight = await api.send('OPTIONS', '/api/plans/PLAN-1/approve', { token: null, headers: { origin: 'https://board.example' } });
    expect(preflight).toMatchObject({ status: 204, headers: { 'access-control-allow-methods': 'GET, POST' } });
    expect(api.verbs.calls.map((call) => call.verb)).toEqual(['status']);
  });

  it('lets a named origin read streams and talk MCP as well, and names the request there', async () => {
    const api = await Api.open({ settings: { ...SETTINGS, corsOrigins: ['https://board.example'] } });
    const headers = { origin: 'https://board.example' };
    const job = await api.post('/api/agents/collect/run');
    const stream = await api.get(`${String(job.headers['location'])}/events`, { headers });
    const raw = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' });
    const mcp = await api.post('/mcp', undefined, { raw, headers: { ...headers, accept: 'application/json, text/event-stream' } });
    for (const answer of [stream, mcp]) {
      expect(answer.status).toBe(200);
      expect(answer.headers).toMatchObject({ 'access-control-allow-origin': 'https://board.example', vary: 'Origin', 'x-content-type-options': 'nosniff' });
      expect(answer.headers['x-request-id']).toMatch(/^req/);
    }
    const preflight = await api.send('OPTIONS', '/mcp', { token: null, headers });
    expect(preflight.headers['access-control-allow-headers']).toContain('mcp-protocol-version');
  });

  it('sends security headers with everything, also with refusals', async () => {
    const api = await Api.open();
    for (const url of ['/api/status', '/nowhere', '/healthz', '/docs', '/openapi.json']) {
      expect((await api.get(url)).headers, url).toMatchObject({
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
        'referrer-policy': 'no-referrer',
      });
    }
  });
});
