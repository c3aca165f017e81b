import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createServer } from '../../../src/http/server.ts';
import { Api } from '../api.ts';
import { alert, stored } from './alarms.ts';

describe('alarms that arrive badly', () => {
  const ingest = async (api: Api) => ({ token: await api.token(['ingest']) });

  it.each(['alertmanager', 'grafana', 'eventbridge', 'generic', 'sns'])('too large for %s: refused, and nothing is kept', async (kind) => {
    const api = await Api.open();
    const raw = JSON.stringify({ name: 'x', reason: 'y'.repeat(1_100_000) });
    expect(await api.send('POST', `/webhooks/${kind}`, { ...(await ingest(api)), raw })).toMatchObject({ status: 413, body: { code: 'invalid_input' } });
    expect(await stored(api)).toEqual([]);
  });

  it.each([
    ['alertmanager', 'application/json; charset=utf-16', 415],
    ['generic', 'application/json; charset=latin1', 415],
    ['generic', 'text/plain', 415],
    ['sns', 'text/plain; charset=utf-16', 415],
    ['sns', 'application/x-www-form-urlencoded', 415],
  ])('for %s as %s: refused', async (kind, type, status) => {
    const api = await Api.open();
    const call = { ...(await ingest(api)), raw: '{"name":"x"}', headers: { 'content-type': type } };
    expect(await api.send('POST', `/webhooks/${kind}`, call)).toMatchObject({ status, body: { code: 'invalid_input' } });
    expect(await stored(api)).toEqual([]);
  });

  it('cut short, or never finished: nothing is kept, and the whole one is taken afterwards', async () => {
    const api = await Api.open();
    const { token } = await ingest(api);
    const app = createServer(api.parts, { requestMs: 300, checkMs: 50 });
    onTestFinished(() => app.close());
    await app.listen({ host: '127.0.0.1', port: 0 });
    const { port } = app.server.address() as AddressInfo;
    const body = '{"name":"disk full"}';
    const head = `POST /webhooks/generic HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`;
    const say = (bytes: string, thenEnd: boolean): Promise<string> =>
      new Promise((resolve) => {
        const socket = connect(port, '127.0.0.1', () => (thenEnd ? socket.end(bytes) : socket.write(bytes)));
        let heard = '';
        socket.on('data', (data) => {
          heard += String(data);
          if (heard.includes('accepted')) socket.end();
        });
        socket.on('close', () => resolve(heard));
        socket.on('error', () => resolve(heard));
      });
    await say(head + body.slice(0, 9), true);
    expect(await say(head + body.slice(0, 9), false)).toMatch(/^HTTP\/1\.1 408/);
    expect(await stored(api)).toEqual([]);
    expect(await say(head + body, false)).toMatch(/^HTTP\/1\.1 200/);
    expect(await stored(api)).toHaveLength(1);
  });

  it('many times at once: one alarm', async () => {
    const api = await Api.open();
    const call = await ingest(api);
    const answers = await Promise.all(Array.from({ length: 30 }, () => api.post('/webhooks/alertmanager', { alerts: [alert(), alert()] }, call)));
    expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([200]));
    expect(await stored(api)).toHaveLength(1);
  });
});
