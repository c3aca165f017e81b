import { afterEach, describe, expect, it } from 'vitest';
import { ANA, World } from '../support/world.ts';

describe('a throttled function, which a higher limit heals: medium risk', () => {
  let world: World;
  afterEach(() => world.stop());

  it('is announced with a countdown, runs when it is over, and is verified', async () => {
    world = await World.start('throttled-function');
    const announced = await world.untilPlan(['notified']);
    expect(announced).toMatchObject({ action: 'raise_concurrency', risk: 'medium' });
    expect(announced.runAtMs).toBeGreaterThan(world.clock.now());
    expect(world.sandbox.account.executions).toHaveLength(0);
    expect((await world.untilPlan(['succeeded'])).id).toBe(announced.id);
    expect(world.sandbox.account.executions).toHaveLength(1);
  });

  it('does not run when somebody cancels in time, and is not proposed again by itself', async () => {
    world = await World.start('throttled-function');
    const announced = await world.untilPlan(['notified']);
    await world.press(ANA, announced.id, 'ops:cancel');
    expect(await world.plan(announced.id)).toMatchObject({ state: 'cancelled', endedBy: { actor: { type: 'user', userId: ANA } } });
    await world.pass(10);
    expect(world.sandbox.account.executions).toEqual([]);
    expect((await world.plans()).filter((plan) => plan.incidentId === announced.incidentId)).toHaveLength(1);
  });
});
