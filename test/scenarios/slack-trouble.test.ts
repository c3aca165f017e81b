import { afterEach, describe, expect, it } from 'vitest';
import { ANA, OPS_CHANNEL, World } from '../support/world.ts';

describe('when Slack has a bad day', () => {
  let world: World;
  afterEach(() => world.stop());

  const cardsOf = (id: string): number =>
    world.sandbox.slack.messages(OPS_CHANNEL).filter((message) => JSON.stringify(message.metadata).includes(`"${id}"`)).length;

  it('loses no incident over lost answers and 429s, and shows each once', async () => {
    world = await World.start('memory-leak');
    world.mayLag = true;
    world.sandbox.slack.faults.loseReply('chat.postMessage', 2);
    world.sandbox.slack.faults.rateLimit('chat.update', 2, 1);
    const plan = await world.untilPlan(['succeeded']);
    await world.pass(10);
    expect(cardsOf(plan.incidentId ?? '')).toBe(1);
    expect(cardsOf(plan.id)).toBeLessThanOrEqual(1);
    expect(await world.cardText(plan.incidentId ?? '')).toMatch(/resolved/i);
  });

  it('handles a redelivered event once, and a click after a dropped socket', async () => {
    world = await World.start('bad-deploy');
    const plan = await world.untilPlan(['awaiting_approval']);
    const { slack, app } = world.sandbox;
    await slack.as(ANA).mention(OPS_CHANNEL, `reject ${plan.id} too risky today`);
    await world.calm();
    slack.faults.redeliverLast();
    await world.calm();
    const rejections = (await app.store.audit.list({ subject: plan.id, limit: 100 })).filter((entry) => entry.verb === 'plan.rejected');
    expect(rejections).toHaveLength(1);

    slack.faults.dropSockets();
    await slack.waitFor('the app to notice', () => slack.sockets() === 0);
    await slack.waitFor('the app to be back', () => slack.sockets() > 0, 10_000);
    expect(await world.type(ANA, '/fix', plan.incidentId ?? '')).toContain('PLAN-2');
  });
});
