import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { OpenApi, Operation } from '../../src/http/openapi.ts';
import { anIncident, aPlan } from '../support/verbs.ts';
import { Api, T0 } from './api.ts';

const RUNS = process.env.OPSLOOP_LONG ? 5000 : 250;

const nasty = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.constantFrom(
    'INC-1',
    'PLAN-1',
    'PAT-001',
    '',
    '\u0000',
    '\ud800',
    '../../etc/passwd',
    "'; DROP TABLE plan; --",
    '9'.repeat(400),
    'NaN',
    '{{7*7}}',
    '<script>',
  ),
);
const anything = fc.oneof(nasty, fc.anything({ withNullPrototype: false, maxDepth: 3 }), fc.constantFrom(null, 0, -1, 1e308, true, [], {}));

interface Shape {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly anyOf?: readonly Shape[];
  readonly items?: Shape;
  readonly $ref?: string;
}

/** Values that mostly have a schema's shape, with a wrong thing here and there. */
function bodies(shape: Shape): fc.Arbitrary<unknown> {
  return fc.oneof({ weight: 5, arbitrary: right(shape) }, { weight: 1, arbitrary: anything });
}
function right(shape: Shape): fc.Arbitrary<unknown> {
  if (shape.enum !== undefined) return fc.constantFrom(...shape.enum);
  if (shape.anyOf !== undefined) return fc.oneof(...shape.anyOf.map(bodies));
  if (shape.type === 'object' && shape.properties !== undefined)
    return fc.record(Object.fromEntries(Object.entries(shape.properties).map(([name, one]) => [name, bodies(one)])), { requiredKeys: [] });
  if (shape.type === 'array') return fc.array(bodies(shape.items ?? {}), { maxLength: 4 });
  if (shape.type === 'integer' || shape.type === 'number') return fc.oneof(fc.integer(), fc.double());
  if (shape.type === 'boolean') return fc.boolean();
  return nasty;
}

function callOf(
  path: string,
  method: string,
  operation: Operation,
): fc.Arbitrary<{ url: string; method: 'GET' | 'POST'; body: unknown; headers: Record<string, string> }> {
  const inPath = operation.parameters.filter((one) => one.in === 'path').map((one) => one.name);
  const inQuery = Object.fromEntries(
    operation.parameters.filter((one) => one.in === 'query').map((one) => [one.name, fc.oneof(nasty, fc.constantFrom('1', 'true', 'open', 'read'))]),
  );
  const content = operation.requestBody?.content['application/json'] as { schema: Shape } | undefined;
  return fc
    .record({
      names: fc.record(Object.fromEntries(inPath.map((name) => [name, nasty]))),
      query: fc.record(inQuery, { requiredKeys: [] }),
      body: content === undefined ? fc.constant(undefined) : bodies(content.schema),
      headers: fc.record({ 'idempotency-key': fc.string(), prefer: fc.constantFrom('wait=1', 'wait=x', ';;;'), 'if-match': fc.string() }, { requiredKeys: [] }),
    })
    .map(({ names, query, body, headers }) => {
      const named = Object.entries(names as Record<string, string>).reduce(
        (url, [name, value]) => url.replace(`{${name}}`, encodeURIComponent(value.toWellFormed())),
        path,
      );
      const search = new URLSearchParams(Object.entries(query as Record<string, string>)).toString();
      return {
        url: search === '' ? named : `${named}?${search}`,
        method: method.toUpperCase() as 'GET' | 'POST',
        body,
        headers: headers as Record<string, string>,
      };
    });
}

const asJson = (value: unknown): string | undefined => {
  try {
    return JSON.stringify(value, (_, one: unknown) => (typeof one === 'bigint' ? String(one) : one));
  } catch {
    return undefined;
  }
};

describe('fuzzed from its own OpenAPI document', () => {
  it('never answers 5xx, never hangs, and changes nothing that the token may not change', async () => {
    const api = await Api.open();
    const incident = await anIncident(api.store, T0);
    const plan = await aPlan(api.store, incident.id, T0);
    const document = (await api.get('/openapi.json')).body as OpenApi;
    const calls = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => callOf(path, method, operation)),
    );
    const token = await api.token(['read', 'detect', 'learn']); // not act:request, not act:approve
    const rows = async () => (await api.store.audit.list({ limit: 10_000 })).length;
    const before = await rows();
    await fc.assert(
      fc.asyncProperty(fc.oneof(...calls), fc.boolean(), async ({ url, method, body, headers }, known) => {
        const raw = body === undefined ? undefined : asJson(body);
        const answer = await api.send(method, url, { token: known ? token : null, headers, ...(raw === undefined ? {} : { raw }) });
        expect(answer.status, `${method} ${url} ${raw} ${answer.text}`).toBeLessThan(500);
        const problem = { status: answer.status, code: expect.any(String), title: expect.any(String) };
        const refusal = url.startsWith('/mcp') && answer.text.includes('jsonrpc') ? { error: { message: expect.any(String) } } : problem; // MCP has a form of its own
        if (answer.status >= 400) expect(answer.body).toMatchObject(refusal);
      }),
      { numRuns: RUNS },
    );
    expect(await api.store.plans.list({ limit: 10 })).toEqual([plan]);
    expect((await api.store.audit.list({ limit: 10_000, after: before })).map((row) => row.verb).filter((verb) => verb.startsWith('plan.'))).toEqual([]);
    const asked = new Set(api.verbs.calls.map((call) => call.verb));
    for (const verb of ['proposeFix', 'approve', 'reject', 'cancel', 'pause', 'resume'] as const) expect(asked).not.toContain(verb);
  });
});
