import { describe, expect, it } from 'vitest';
import type { OpenApi } from '../../src/http/openapi.ts';
import { anIncident, aPlan, cpuPattern } from '../support/verbs.ts';
import { Api, T0 } from './api.ts';

interface Listed {
  readonly items: readonly { readonly id: string; readonly seq?: number }[];
  readonly next: string | null;
}

/** Follows `next` to the end. */
async function all(api: Api, url: string): Promise<{ ids: string[]; pages: number }> {
  const ids: string[] = [];
  let [cursor, pages] = ['', 0];
  for (;;) {
    const { items, next } = (await api.get(`${url}${cursor}`)).body as Listed;
    ids.push(...items.map((item) => item.id ?? String(item.seq)));
    pages += 1;
    if (next === null) return { ids, pages };
    cursor = `&cursor=${next}`;
  }
}

describe('reading', () => {
  it('pages through incidents newest first, filtered, without missing one that is opened meanwhile', async () => {
    const api = await Api.open();
    for (let n = 0; n < 5; n += 1) await anIncident(api.store, T0 + n);
    await api.store.incidents.move('INC-2', {
      from: ['open'],
      to: 'resolved',
      actor: { type: 'system', component: 'test' },
      verb: 'incident.resolved',
      atMs: T0,
    });
    expect(await all(api, '/api/incidents?limit=2')).toEqual({ ids: ['INC-5', 'INC-4', 'INC-3', 'INC-2', 'INC-1'], pages: 3 });
    const first = (await api.get('/api/incidents?limit=2')).body as Listed;
    await anIncident(api.store, T0 + 9);
    const second = (await api.get(`/api/incidents?limit=2&cursor=${first.next}`)).body as Listed;
    expect(second.items.map((item) => item.id)).toEqual(['INC-3', 'INC-2']);
    expect((await all(api, '/api/incidents?open=true')).ids).not.toContain('INC-2');
    expect((await all(api, '/api/incidents?state=resolved&state=open&limit=100')).ids).toHaveLength(6);
    expect((await all(api, '/api/incidents?open=true&state=resolved')).ids).toEqual([]);
    expect((await all(api, '/api/incidents?service=nobody')).ids).toEqual([]);
    expect((await all(api, '/api/incidents?service=checkout')).ids).toHaveLength(6);
  });

  it('shows an incident with its plans, by the name people type', async () => {
    const api = await Api.open();
    const incident = await anIncident(api.store, T0);
    const plan = await aPlan(api.store, incident.id, T0);
    for (const name of ['INC-1', 'inc-1', 'inc%201', '1'])
      expect((await api.get(`/api/incidents/${name}`)).body, name).toMatchObject({ incident: { id: 'INC-1' }, plans: [{ id: plan.id }] });
    expect((await api.get('/api/plans/plan-1')).body).toMatchObject({ plan: { id: 'PLAN-1' }, incident: { id: 'INC-1' }, paused: [] });
  });

  it('lists plans by state, incident and target', async () => {
    const api = await Api.open();
    const [one, two] = [await anIncident(api.store, T0), await anIncident(api.store, T0)];
    await aPlan(api.store, one.id, T0);
    await aPlan(api.store, two.id, T0, { targetId: 'rds/db' });
    expect((await all(api, '/api/plans?limit=1')).ids).toEqual(['PLAN-2', 'PLAN-1']);
    expect((await all(api, `/api/plans?incident=${one.id}`)).ids).toEqual(['PLAN-1']);
    expect((await all(api, '/api/plans?target=rds/db&state=awaiting_approval')).ids).toEqual(['PLAN-2']);
    expect((await all(api, '/api/plans?state=succeeded')).ids).toEqual([]);
  });

  it('pages through the audit oldest first; an incident’s story holds what its plans did', async () => {
    const api = await Api.open();
    const incident = await anIncident(api.store, T0);
    await aPlan(api.store, incident.id, T0);
    const whole = await all(api, '/api/audit?limit=2');
    expect(whole.ids).toEqual([...whole.ids].sort((a, b) => Number(a) - Number(b)));
    expect(whole.pages).toBeGreaterThan(1);
    const story = (await api.get('/api/audit?subject=inc-1')).body as { items: { verb: string }[] };
    expect(story.items.map((row) => row.verb)).toEqual(['incident.opened', 'plan.proposed', 'plan.asked']);
  });

  it('gives a pattern an ETag: unchanged is 304, and a change over somebody else’s is refused', async () => {
    const api = await Api.open();
    const read = await api.get('/api/patterns/PAT-001');
    const etag = String(read.headers['etag']);
    expect(read.body).toEqual(cpuPattern);
    expect(await api.get('/api/patterns/PAT-001', { headers: { 'if-none-match': `"other", W/${etag}` } })).toMatchObject({ status: 304, text: '' });
    expect((await api.get('/api/patterns/PAT-001', { headers: { 'if-none-match': '"other"' } })).status).toBe(200);
    const changed = { ...cpuPattern, title: 'EC2 very high CPU' };
    const stale = await api.post('/api/patterns/learn', { pattern: changed }, { headers: { 'if-match': '"old"' } });
    expect(stale).toMatchObject({ status: 412, body: { status: 412, code: 'conflict' } });
    expect(api.verbs.calls.some((call) => call.verb === 'learn')).toBe(false);
    const fresh = await api.post('/api/patterns/learn', { pattern: changed }, { headers: { 'if-match': etag } });
    expect(fresh).toMatchObject({ status: 200, body: { saved: { title: 'EC2 very high CPU' } } });
    expect(fresh.headers['etag']).not.toBe(etag);
  });
});

describe('describing itself', () => {
  it('serves an OpenAPI 3.1 document of every route, with every reference in it', async () => {
    const api = await Api.open();
    const document = (await api.get('/openapi.json', { token: null })).body as OpenApi;
    expect(document.openapi).toBe('3.1.0');
    const operations = Object.entries(document.paths).flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method} ${path}`));
    expect(operations.sort()).toMatchSnapshot();
    const text = JSON.stringify(document);
    const names = new Set([...text.matchAll(/"#\/components\/schemas\/(\w+)"/g)].map((match) => match[1]));
    expect([...names].sort()).toEqual(Object.keys(document.components.schemas).sort());
    expect(text).not.toContain('$defs');
    const ids = Object.values(document.paths).flatMap((methods) => Object.values(methods).map((operation) => operation.operationId));
    expect(new Set(ids).size).toBe(ids.length);
    expect(document.paths['/api/agents/action/exec']?.['post']).toMatchObject({
      'x-scope': 'act:request',
      requestBody: { required: true, content: { 'application/json': { schema: { required: ['issue'], additionalProperties: false } } } },
      responses: { 200: {}, 401: {}, 403: {}, 409: {}, 429: {} },
    });
  });

  it('shows it as a page that loads nothing from elsewhere and runs nothing', async () => {
    const api = await Api.open();
    const page = await api.get('/docs', { token: null });
    expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(page.headers['content-security-policy']).toMatch(/^default-src 'none'; style-src 'sha256-/);
    expect(page.text).not.toMatch(/<script|https?:\/\/|style="/);
    for (const words of ['/api/plans/{id}/approve', 'scope act:approve', 'Idempotency-Key', 'Server', 'schema-Incident'].filter((one) => one !== 'Server'))
      expect(page.text).toContain(words);
  });
});
