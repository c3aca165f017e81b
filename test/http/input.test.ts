import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { OpsError } from '../../src/domain/errors.ts';
import { createServer } from '../../src/http/server.ts';
import { anIncident } from '../support/verbs.ts';
import { Api, T0 } from './api.ts';

const ANALYZE = '/api/agents/rca/analyze';

describe('bad input', () => {
  it.each([
    ['broken JSON', '{"subject":', 400],
    ['a truncated body', '{"subject":"INC-1"', 400],
    ['JSON that is no object', '"INC-1"', 400],
    ['null', 'null', 400],
    ['null where a body may be left out', 'null', 400, '/api/agents/detect/run'],
    ['nothing', '', 400],
    ['an unknown field', '{"subject":"INC-1","force":true}', 400],
    ['a wrong type', '{"subject":12}', 400],
    ['an empty text', '{"subject":"   "}', 400],
    ['a text that is too long', JSON.stringify({ subject: 'x'.repeat(501) }), 400],
    ['a key into the prototype', '{"subject":"INC-1","__proto__":{"admin":true}}', 400],
    ['broken UTF-8', Buffer.from([...Buffer.from('{"subject":"'), 0xff, 0xfe, ...Buffer.from('"}')]), 400],
    ['a body that is too large', JSON.stringify({ subject: 'x'.repeat(300_000) }), 413],
    ['deep nesting', `{"subject":${'['.repeat(50_000)}${']'.repeat(50_000)}}`, 400],
  ] as readonly [string, string | Buffer, number, string?][])('refuses %s in words, and does nothing', async (_, raw, status, url = ANALYZE) => {
    const api = await Api.open();
    const answer = await api.send('POST', url, { raw });
    expect(answer).toMatchObject({ status, body: { type: 'about:blank', status, code: 'invalid_input', title: expect.any(String), hint: expect.any(String) } });
    expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(api.verbs.calls).toEqual([]);
  });

  it.each([
    ['text/plain', 415],
    ['application/x-www-form-urlencoded', 415],
    ['application/json; charset=utf-16', 415],
    ['application/json; charset="iso-8859-1"', 415],
    ['application/json; charset=UTF-8', 202],
    ['application/json', 202],
  ])('takes JSON in UTF-8 and nothing else: %s → %i', async (type, status) => {
    const api = await Api.open();
    expect((await api.send('POST', ANALYZE, { raw: '{"subject":"cpu"}', headers: { 'content-type': type } })).status).toBe(status);
  });

  it.each([
    ['GET', '/api/incidents/INC-999', 404],
    ['GET', '/api/incidents/banana', 400],
    ['GET', '/api/plans/%00', 400],
    ['GET', '/api/patterns/PAT-999', 404],
    ['GET', '/api/jobs/none', 404],
    ['GET', '/api/incidents?limit=0', 400],
    ['GET', '/api/incidents?limit=1000000', 400],
    ['GET', '/api/incidents?state=broken', 400],
    ['GET', '/api/incidents?cursor=zzzz', 400],
    ['GET', '/api/incidents?unknown=1', 400],
    ['GET', '/api/audit?cursor=LTE', 400],
    ['GET', '/api/patterns/search', 400],
    ['GET', '/api/nothing', 404],
    ['GET', '/api/incidents/%ff%fe', 400],
  ] as const)('%s %s is %i', async (method, url, status) => {
    const api = await Api.open();
    const answer = await api.send(method, url, {});
    expect(answer).toMatchObject({ status, body: { status, code: expect.stringMatching(/invalid_input|not_found/) } });
  });

  it.each([
    ['PUT', '/api/status', 'GET, HEAD'],
    ['DELETE', '/api/incidents/INC-1', 'GET, HEAD'],
    ['GET', '/api/agents/detect/run', 'POST'],
    ['PUT', '/api/patterns/learn', 'POST'],
    ['GET', '/mcp', 'POST'],
    ['OPTIONS', '/api/plans/PLAN-1/approve', 'POST'],
  ] as const)('%s %s is 405, and says what it takes: %s', async (method, url, allow) => {
    const api = await Api.open();
    const answer = await api.send(method, url, { token: null, raw: '{broken' });
    expect(answer).toMatchObject({ status: 405, headers: { allow }, body: { code: 'invalid_input', hint: `Use ${allow}.` } });
  });

  it('refuses an address that is too long', async () => {
    const api = await Api.open();
    expect(await api.get(`/api/incidents/${'x'.repeat(5000)}`)).toMatchObject({ status: 414, body: { code: 'invalid_input' } });
  });

  it('names the field that is wrong', async () => {
    const api = await Api.open();
    const answer = await api.post('/api/patterns/feedback', { subject: 'INC-1', verdict: 'meh' });
    expect(answer.body).toMatchObject({ title: expect.stringContaining('body.verdict') });
  });

  it('answers each kind of error with its own status, and never with a stack or inner words', async () => {
    const api = await Api.open();
    const seen = [];
    for (const code of ['invalid_input', 'forbidden', 'not_found', 'conflict', 'expired', 'limited', 'unavailable', 'internal'] as const) {
      api.verbs.failNext('status', new OpsError(code, 'words', 'a hint'));
      const answer = await api.get('/api/status');
      expect(answer.body).toEqual({ type: 'about:blank', status: answer.status, code, title: 'words', hint: 'a hint' });
      seen.push(answer.status);
    }
    expect(seen).toEqual([400, 403, 404, 409, 410, 429, 503, 500]);
    api.verbs.failNext('status', new Error('SELECT secret FROM place'));
    const inner = await api.get('/api/status');
    expect(inner).toMatchObject({ status: 500, body: { code: 'internal', title: 'Something went wrong inside opsloop.' } });
    expect(inner.text).not.toMatch(/SELECT|at .*\.ts/);
  });
});

describe('on the wire', () => {
  const open: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const close of open.splice(0)) await close();
  });

  async function listening(requestMs = 30_000): Promise<number> {
    const api = await Api.open();
    await anIncident(api.store, T0);
    const app = createServer(api.parts, { requestMs, checkMs: 50 });
    await app.listen({ port: 0, host: '127.0.0.1' });
    open.push(() => app.close());
    return (app.server.address() as AddressInfo).port;
  }

  /** What the server says to these bytes until it ends the connection. */
  const say = (port: number, bytes: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
      let heard = '';
      socket.on('data', (data) => {
        heard += data.toString();
      });
      socket.on('close', () => resolve(heard));
      socket.on('error', reject);
    });

  it('ends a request that never finishes', async () => {
    const port = await listening(200);
    const heard = await say(port, 'POST /api/agents/detect/run HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"a"');
    expect(heard).toMatch(/^HTTP\/1\.1 (401|408)/);
  });

  it('ends a request whose head never finishes', async () => {
    const heard = await say(await listening(200), 'GET /healthz HTTP/1.1\r\nHost: x\r\nX-Slow: ');
    expect(heard).toMatch(/^HTTP\/1\.1 408/);
    expect(heard).toContain('application/problem+json');
  });

  it('refuses what is not HTTP, and headers that are too long', async () => {
    const port = await listening();
    expect(await say(port, 'hello there\r\n\r\n')).toMatch(/^HTTP\/1\.1 400/);
    expect(await say(port, `GET / HTTP/1.1\r\nHost: x\r\nX-Long: ${'x'.repeat(40_000)}\r\n\r\n`)).toMatch(/^HTTP\/1\.1 431/);
  });
});
