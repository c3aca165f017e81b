import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Scope } from '../../src/domain/token.ts';
import { Api, T0 } from '../http/api.ts';
import { anIncident, aPlan } from '../support/verbs.ts';

const MAIN = join(import.meta.dirname, '..', '..', 'src', 'main.ts');

/** A client of the SDK, connected to the edge as another assistant would be. */
async function connect(how: 'http' | 'stdio', scopes: readonly Scope[]) {
  const api = await Api.open();
  const token = await api.token(scopes);
  const address = await api.app.listen({ host: '127.0.0.1', port: 0 });
  const client = new Client({ name: 'test', version: '1' });
  const transport =
    how === 'http'
      ? new StreamableHTTPClientTransport(new URL('/mcp', address), { requestInit: { headers: { authorization: `Bearer ${token}` } } })
      : new StdioClientTransport({
          command: process.execPath,
          args: [MAIN, 'mcp', '--url', address],
          env: { OPSLOOP_TOKEN: token, PATH: process.env['PATH'] ?? '' },
        });
  await client.connect(transport as Parameters<typeof client.connect>[0]);
  onTestFinished(() => client.close());
  const call = async (name: string, input: Record<string, unknown> = {}) => {
    const result = await client.callTool({ name, arguments: input });
    const [first] = result.content as { text: string }[];
    return { isError: result.isError === true, text: first?.text ?? '' };
  };
  return { api, client, call };
}

describe.each(['http', 'stdio'] as const)('MCP over %s', (how) => {
  it('offers reading and asking for a fix, and nothing that approves', async () => {
    const { api, client, call } = await connect(how, ['read', 'detect', 'act:request']);
    const { tools } = await client.listTools();
    expect(tools.map((tool) => tool.name)).toEqual([
      'get_status',
      'list_incidents',
      'get_incident',
      'get_plan',
      'search_patterns',
      'get_pattern',
      'find_root_cause',
      'get_audit',
      'request_fix',
    ]);
    expect(tools.filter((tool) => tool.annotations?.readOnlyHint !== true).map((tool) => tool.name)).toEqual(['request_fix']);
    const incident = await anIncident(api.store, T0);
    expect(JSON.parse((await call('list_incidents')).text)).toMatchObject({ items: [{ id: 'INC-1' }], next: null });
    expect(JSON.parse((await call('get_incident', { id: 'inc 1' })).text)).toMatchObject({ incident: { id: 'INC-1' } });
    expect(JSON.parse((await call('search_patterns', { text: 'CPU high' })).text)).toMatchObject({ matches: [{ patternId: 'PAT-001' }] });
    expect(JSON.parse((await call('find_root_cause', { subject: 'INC-1' })).text)).toMatchObject({ incident: { id: 'INC-1' }, analysis: {} });
    const fix = JSON.parse((await call('request_fix', { issue: incident.id })).text);
    expect(fix).toMatchObject({ plan: { state: 'awaiting_approval', requestedBy: { type: 'token', userId: null } } });
    expect(api.verbs.calls.map((one) => one.verb)).not.toContain('approve');
    expect(JSON.parse((await call('get_audit', { subject: fix.plan.id })).text).items).toMatchObject([
      { verb: 'plan.proposed', actor: { type: 'token' } },
      { verb: 'plan.asked' },
    ]);
  });
});

describe('MCP', () => {
  it('gives a token what its scopes give it, in words when that is too little', async () => {
    const { api, call } = await connect('http', ['read']);
    const incident = await anIncident(api.store, T0);
    await aPlan(api.store, incident.id, T0);
    expect(await call('request_fix', { issue: incident.id })).toEqual({ isError: true, text: 'This token has not the scope "act:request". It has: read.' });
    expect(await call('find_root_cause', { subject: 'x' })).toMatchObject({ isError: true });
    expect(await call('get_incident', { id: 'INC-99' })).toMatchObject({ isError: true, text: expect.stringContaining('There is no incident INC-99.') });
    expect(await call('get_incident', { id: '../plans/PLAN-1' })).toMatchObject({ isError: true });
    expect(await call('list_incidents', { limit: 1000 })).toMatchObject({ isError: true });
    expect(api.verbs.calls.map((one) => one.verb)).not.toContain('proposeFix');
  });

  it('lets nobody in without a token, and no page of another origin', async () => {
    const api = await Api.open();
    const raw = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' });
    expect((await api.send('POST', '/mcp', { token: null, raw })).status).toBe(401);
    expect((await api.send('POST', '/mcp', { raw, headers: { origin: 'https://evil.example' } })).status).toBe(403);
    expect((await api.get('/mcp')).status).toBe(405);
  });
});
