import { afterEach, describe, expect, it } from 'vitest';
import { system } from '../../src/domain/actor.ts';
import type { Scope } from '../../src/domain/token.ts';
import { createToken } from '../../src/loop/tokens.ts';
import { ANA, BEN, DMITRI, World } from '../support/world.ts';

/** Talks to the API of a world as the holder of a token. */
async function caller(world: World, userId: string | null, scopes: readonly Scope[]) {
  const { app } = world.sandbox;
  const { secret } = await createToken(app.store, world.clock, { next: () => `token_${userId ?? 'ci'}` }, { name: 'test', userId, scopes }, system('test'));
  return async (method: 'GET' | 'POST', url: string, body?: object, headers: Record<string, string> = {}) => {
    const answer = await app.http.inject({
      method,
      url,
      headers: { authorization: `Bearer ${secret}`, ...headers },
      ...(body === undefined ? {} : { payload: body }),
    });
    return { status: answer.statusCode, body: answer.json() };
  };
}

describe('the API is no side door', () => {
  let world: World;
  afterEach(() => world.stop());

  it('takes a fix asked for by token through the same approvals: the person behind it cannot approve by click, a colleague can', async () => {
    world = await World.start('bad-deploy');
    const first = await world.untilPlan(['awaiting_approval']);
    const ben = await caller(world, BEN, ['read', 'act:request', 'act:approve']);
    expect(await ben('POST', `/api/plans/${first.id}/reject`, { reason: 'not now' })).toMatchObject({ status: 200, body: { plan: { state: 'rejected' } } });

    const ana = await caller(world, ANA, ['act:request', 'act:approve']);
    const asked = await ana('POST', '/api/agents/action/exec', { issue: first.incidentId ?? '' });
    expect(asked).toMatchObject({ status: 200, body: { plan: { state: 'awaiting_approval', risk: 'high', requestedBy: { type: 'token', userId: ANA } } } });
    const planId = asked.body.plan.id as string;

    expect(await world.type(ANA, '/approve', planId)).toMatch(/somebody else/i);
    expect(await ana('POST', `/api/plans/${planId}/approve`)).toMatchObject({ status: 403, body: { code: 'forbidden' } });
    expect(world.sandbox.account.executions).toEqual([]);

    const stale = await ben('POST', `/api/plans/${planId}/approve`, { digest: '0123456789abcdef' });
    expect(stale).toMatchObject({ status: 409, body: { code: 'conflict' } });
    const { digest } = (await ben('GET', `/api/plans/${planId}`)).body.plan;
    expect(await ben('POST', `/api/plans/${planId}/approve`, { digest })).toMatchObject({
      status: 200,
      body: { plan: { approvals: [{ userId: BEN, via: 'api' }] } },
    });
    await world.untilPlan(['succeeded']);
    expect(world.sandbox.account.executions).toHaveLength(1);

    const audit = (await ben('GET', `/api/audit?subject=${planId}&limit=100`)).body.items as { verb: string; actor: object; detail: object }[];
    expect(audit.find((row) => row.verb === 'plan.proposed')?.actor).toEqual({ type: 'token', tokenId: `token_${ANA}`, userId: ANA });
    expect(audit.find((row) => row.verb === 'plan.approval')?.detail).toMatchObject({ origin: { via: 'http', ids: { request: expect.any(String) } } });
    expect(audit.filter((row) => row.verb === 'plan.approval_refused')).toHaveLength(3);
  });

  it('lets a machine ask, and never approve or judge; one person is one approval, by token or by click', async () => {
    world = await World.start('bad-deploy');
    const plan = await world.untilPlan(['awaiting_approval']);
    const { store } = world.sandbox.app;
    const machine = await caller(world, null, ['read', 'detect', 'learn', 'act:request']);
    expect((await machine('POST', '/api/agents/action/exec', { issue: plan.incidentId ?? '' })).body.plan.id).toBe(plan.id);
    expect((await machine('POST', `/api/plans/${plan.id}/approve`)).status).toBe(403);
    expect((await machine('POST', '/api/patterns/feedback', { subject: plan.id, verdict: 'bad' })).status).toBe(403);

    // A token that came by the scope another way is refused by the policy itself.
    await store.tokens.put(
      { id: 'forged', name: 'x', hash: 'f'.repeat(64), userId: null, scopes: ['act:approve'], createdAtMs: 0, lastUsedAtMs: null },
      system('test'),
    );
    await expect(
      world.sandbox.app.verbs.approve(plan.id, { type: 'token', tokenId: 'forged', userId: null }, { via: 'api', digest: null }),
    ).rejects.toMatchObject({ code: 'forbidden' });

    const dmitri = await caller(world, DMITRI, ['act:approve']);
    expect(await dmitri('POST', `/api/plans/${plan.id}/approve`)).toMatchObject({ status: 403, body: { title: expect.stringMatching(/may not/i) } });
    expect((await world.plan(plan.id)).approvals).toEqual([]);
    expect(world.sandbox.account.executions).toEqual([]);
  });

  it('serves the eight endpoints of the design on the whole product', async () => {
    world = await World.start('memory-leak');
    const token = await caller(world, ANA, ['read', 'detect', 'learn', 'act:request']);
    const wait = { prefer: 'wait=30' };
    expect(await token('POST', '/api/agents/collect/run', undefined, wait)).toMatchObject({ status: 200, body: { gaps: [] } });
    const incident = await world.untilIncident(['resolved']);
    expect((await token('POST', '/api/agents/detect/run', {}, wait)).body.collected.gaps).toEqual([]);
    const analysed = await token('POST', '/api/agents/rca/analyze', { subject: incident.id }, wait);
    expect(analysed.body.analysis.hypotheses[0]).toMatchObject({ resourceId: incident.resourceIds[0] });
    expect(await token('POST', '/api/agents/action/exec', { issue: incident.id })).toMatchObject({ status: 409, body: { code: 'conflict' } });
    const found = await token('GET', `/api/patterns/search?q=${encodeURIComponent('EC2 CPU 很高，响应变慢')}`);
    expect(found.body.matches[0].title).toBe('EC2 High CPU Usage');
    expect(found.body.matches[0].similarity).toBeGreaterThan(0.7);
    expect((await token('POST', '/api/patterns/detect', { text: 'EC2 CPU 很高，响应变慢' })).body.matches[0].title).toBe('EC2 High CPU Usage');
    expect((await token('POST', '/api/patterns/feedback', { subject: incident.id, verdict: 'good' })).body.feedback).toMatchObject({
      userId: ANA,
      verdict: 'good',
    });
    const { draft } = (await token('POST', '/api/patterns/learn', { incident: incident.id })).body;
    const learned = await token('POST', '/api/patterns/learn', { pattern: draft });
    expect(learned.body.saved).toMatchObject({ pattern_id: draft.pattern_id, title: draft.title });
  });
});
