import { describe, expect, it } from 'vitest';
import { anIncident } from '../support/verbs.ts';
import { Api, T0 } from './api.ts';

const basic = (password: string): Record<string, string> => ({ authorization: `Basic ${Buffer.from(`me:${password}`).toString('base64')}` });

describe('addresses on cards', () => {
  it('lead from an incident to its card in Slack, for everybody, and tell nothing on the way', async () => {
    const api = await Api.open();
    await anIncident(api.store, T0, 'a title nobody may see');
    const answer = await api.get('/i/INC-1', { token: null });
    expect(answer).toMatchObject({ status: 302, headers: { location: 'https://example.slack.com/archives/C1/p1' } });
    expect(answer.text).not.toContain('title');
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(api.verbs.calls).toEqual([]);
  });

  it.each([
    ['/i/INC-2', 404],
    ['/i/PLAN-1', 404],
    ['/p/PLAN-1', 404],
    ['/i/nonsense', 404],
    ['/i/%3Cscript%3E', 404],
  ])('%s is refused in words', async (url, status) => {
    const api = await Api.open();
    const answer = await api.get(url, { token: null });
    expect(answer.status).toBe(status);
    expect(answer.headers['content-type']).toContain('text/html');
    expect(answer.text).not.toContain('<script');
  });

  it('show a pattern to who has a token with the scope read, sent as a header or given to the browser as a password', async () => {
    const api = await Api.open();
    const token = await api.token(['read']);
    for (const call of [{ token }, { token: null, headers: basic(token) }]) {
      const answer = await api.get('/patterns/PAT-001', call);
      expect(answer.status).toBe(200);
      expect(answer.text).toContain('<h1>EC2 High CPU Usage</h1>');
      expect(answer.text).toContain('restart_service');
      expect(answer.headers['content-security-policy']).toContain("default-src 'none'");
    }
    expect((await api.get('/patterns/PAT-999', { token })).status).toBe(404);
  });

  it('show nobody else a pattern, and say how to read it', async () => {
    const api = await Api.open();
    const other = await api.token(['ingest']);
    const calls = [{ token: null }, { token: null, headers: basic('wrong') }, { token: 'wrong' }, { token: null, headers: { authorization: 'Basic %%%' } }];
    for (const call of calls) {
      const answer = await api.get('/patterns/PAT-001', call);
      expect(answer.status).toBe(401);
      expect(answer.headers['www-authenticate']).toContain('Basic');
      expect(answer.text).toContain('/pattern PAT-001');
      expect(answer.text).not.toContain('High CPU');
    }
    expect((await api.get('/patterns/PAT-001', { token: other })).status).toBe(403);
    expect(api.verbs.calls).toEqual([]);
  });
});
