import { afterEach, describe, expect, it, vi } from 'vitest';
import { ANA, BEN, DMITRI, World } from '../support/world.ts';

describe('a bad release, which going back heals: high risk', () => {
  let world: World;
  afterEach(() => world.stop());

  it('waits for one person who may approve, then runs and is verified', async () => {
    world = await World.start('bad-deploy');
    const plan = await world.untilPlan(['awaiting_approval']);
    expect(plan).toMatchObject({ action: 'rollback_deploy', targetId: 'ecs/payments', risk: 'high', approvalsNeeded: 1 });
    await world.pass(3);
    expect(world.sandbox.account.executions).toEqual([]);

    await world.press(DMITRI, plan.id, 'ops:approve');
    await vi.waitFor(() => expect(world.lastPrivate(DMITRI)).toMatch(/may not approve/i), 2000);
    expect((await world.plan(plan.id)).state).toBe('awaiting_approval');

    await world.press(ANA, plan.id, 'ops:approve');
    expect(await world.untilPlan(['succeeded'])).toMatchObject({ id: plan.id, approvals: [{ userId: ANA, via: 'button' }] });
    expect(world.sandbox.account.executions).toHaveLength(1);
  });

  it('ends with one no; a fix that a person asks for is not approved by that person', async () => {
    world = await World.start('bad-deploy');
    const first = await world.untilPlan(['awaiting_approval']);
    expect(await world.type(BEN, '/ops', `reject ${first.id} not during the sale`)).toContain(first.id);
    expect(await world.plan(first.id)).toMatchObject({ state: 'rejected', endedBy: { reason: 'not during the sale' } });
    await world.pass(5);
    expect(await world.plans()).toHaveLength(1);

    await world.type(ANA, '/fix', first.incidentId ?? '');
    const second = await world.untilPlan(['awaiting_approval'], 2);
    expect(second.requestedBy).toEqual({ type: 'user', userId: ANA });
    expect(await world.type(ANA, '/approve', second.id)).toMatch(/somebody else/i);
    expect((await world.plan(second.id)).approvals).toEqual([]);
    await world.type(BEN, '/approve', second.id.toLowerCase().replace('-', ' '));
    expect(await world.untilPlan(['succeeded'])).toMatchObject({ id: second.id, approvals: [{ userId: BEN, via: 'command' }] });
  });

  it('expires when nobody decides, and nothing runs', async () => {
    world = await World.start('bad-deploy', { policy: { approval_expires_min: 5 } });
    const plan = await world.untilPlan(['awaiting_approval']);
    await world.pass(6);
    expect((await world.plan(plan.id)).state).toBe('expired');
    await world.press(ANA, plan.id, 'ops:approve').catch(() => undefined); // the button may be gone from the card by now
    expect(world.sandbox.account.executions).toEqual([]);
  });

  it('is held by the kill switch and runs once an operator resumes', async () => {
    world = await World.start('bad-deploy');
    const plan = await world.untilPlan(['awaiting_approval']);
    await world.type(DMITRI, '/ops', 'pause all something smells');
    await world.press(ANA, plan.id, 'ops:approve');
    await world.pass(2);
    expect((await world.plan(plan.id)).state).toBe('approved');
    expect(world.sandbox.account.executions).toEqual([]);
    expect(await world.type(DMITRI, '/ops', 'resume all')).toMatch(/may not resume/i);
    await world.type(ANA, '/ops', 'resume all');
    await world.untilPlan(['succeeded']);
  });
});
