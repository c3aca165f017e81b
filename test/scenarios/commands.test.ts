import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ANA, BEN, LIWEI, OPS_CHANNEL, World } from '../support/world.ts';

describe('what people type, against the whole product', () => {
  let world: World;
  beforeAll(async () => {
    world = await World.start('bad-deploy');
    await world.untilPlan(['awaiting_approval']);
  });
  afterAll(() => world.stop());

  it('answers status, pattern search, rca, audit and detect', async () => {
    expect(await world.type(ANA, '/ops', 'status')).toContain('INC-1');
    expect(await world.type(ANA, '/pattern', 'search EC2 CPU 很高，响应变慢')).toContain('EC2 High CPU Usage');
    expect(await world.type(ANA, '/rca', 'INC-1')).toContain('payments');
    expect(await world.type(ANA, '/rca', 'rds/checkout-db last 1h')).not.toMatch(/went wrong inside/i);
    expect(await world.type(ANA, '/ops', 'audit inc 1')).toContain('INC-1');
    expect(await world.type(ANA, '/detect')).not.toMatch(/went wrong inside/i);
  });

  it('says in one sentence what is wrong with bad input, to the person alone', async () => {
    const cases: readonly (readonly [string, string, RegExp])[] = [
      ['/ops', 'dance', /dance/i],
      ['/rca', 'INC-99', /no incident INC-99/i],
      ['/approve', 'PLAN-77', /no plan PLAN-77/i],
      ['/approve', '', /which plan|PLAN/i],
      ['/feedback', 'INC-1 maybe', /good|bad/i],
      ['/fix', 'the coffee machine', /no open incident fits/i],
      ['/ops', 'silence nothing 2h', /no resource "nothing"/i],
      ['/ops', 'silence ecs/payments 2 years', /silence/i],
      ['/ops', 'pause dancing', /neither an action nor a service/i],
    ];
    for (const [command, text, words] of cases) {
      const channel = world.sandbox.slack.messages(OPS_CHANNEL).length;
      expect(await world.type(BEN, command, text), `${command} ${text}`).toMatch(words);
      expect(world.sandbox.slack.messages(OPS_CHANNEL).length, `${command} ${text}`).toBe(channel);
    }
    expect(world.sandbox.account.executions).toEqual([]);
  });

  it('speaks Chinese with people who do, in a DM', async () => {
    await world.sandbox.slack.as(LIWEI).dm('根因 1');
    const answer = await world.sandbox.slack.waitFor('an answer in Chinese', () =>
      world.sandbox.slack.dm(LIWEI).find((message) => message.fromBot && /[一-鿿]/.test(JSON.stringify(message.blocks))),
    );
    expect(JSON.stringify(answer.blocks)).toContain('payments');
    await world.calm();
  });

  it('takes a false alarm as such: less sensitive, closed, and undone when the verdict is taken back', async () => {
    await world.type(BEN, '/ops', 'reject PLAN-1 false alarm');
    const before = await world.sandbox.app.store.detector.sensitivities();
    expect([...before.values()].every((factor) => factor === 1)).toBe(true);
    await world.type(BEN, '/feedback', 'INC-1 bad');
    expect([...(await world.sandbox.app.store.detector.sensitivities()).values()].some((factor) => factor < 1)).toBe(true);
    expect(await world.sandbox.app.store.incidents.get('INC-1')).toMatchObject({ state: 'resolved', resolution: 'false_alarm' });
    await world.sandbox.app.verbs.withdrawFeedback('INC-1', { type: 'user', userId: BEN });
    expect([...(await world.sandbox.app.store.detector.sensitivities()).values()].every((factor) => factor === 1)).toBe(true);
  });
});
