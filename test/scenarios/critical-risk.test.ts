import { afterEach, describe, expect, it, vi } from 'vitest';
import { ANA, BEN, World } from '../support/world.ts';

describe('snapshots without an owner, which only deleting heals: critical risk', () => {
  let world: World;
  afterEach(() => world.stop());

  it('needs two different people; a double vote counts once', async () => {
    world = await World.start('cost-leak');
    const plan = await world.untilPlan(['awaiting_approval']);
    expect(plan).toMatchObject({ action: 'delete_snapshots', risk: 'critical', approvalsNeeded: 2, reversibility: 'cannot_be_undone' });

    await world.press(ANA, plan.id, 'ops:approve');
    expect(await world.plan(plan.id)).toMatchObject({ state: 'awaiting_approval', approvals: [{ userId: ANA }] });
    expect(await world.cardText(plan.id)).toContain('1');

    await world.press(ANA, plan.id, 'ops:approve');
    expect((await world.plan(plan.id)).approvals).toHaveLength(1);
    await vi.waitFor(() => expect(world.lastPrivate(ANA)).toMatch(/counts already/i), 2000);
    await world.pass(2);
    expect(world.sandbox.account.executions).toEqual([]);

    await world.press(BEN, plan.id, 'ops:approve');
    const done = await world.untilPlan(['succeeded']);
    expect(done.approvals.map((approval) => approval.userId)).toEqual([ANA, BEN]);
    expect(world.sandbox.account.executions).toHaveLength(1);
    expect(world.sandbox.account.truth().unsafe).toEqual([]);
  });

  it('answers a click on a card that is out of date and brings the card up to date', async () => {
    world = await World.start('cost-leak');
    const plan = await world.untilPlan(['awaiting_approval']);
    const old = await world.card(plan.id);
    await world.press(BEN, plan.id, 'ops:approve');
    await world.type(ANA, '/ops', `reject ${plan.id} keep them`);
    await world.sandbox.slack
      .as(ANA)
      .click(old, 'ops:approve')
      .catch(() => undefined);
    await world.calm();
    expect((await world.plan(plan.id)).state).toBe('rejected');
    expect(await world.cardText(plan.id)).toMatch(/rejected/i);
    await world.pass(3);
    expect(world.sandbox.account.executions).toEqual([]);
  });
});
