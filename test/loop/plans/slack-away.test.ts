import { afterEach, expect, it } from 'vitest';
import { MINUTE } from '../../support/make.ts';
import { OPS_CHANNEL, textOf, World } from '../../support/world.ts';

const MINUTES = process.env['OPSLOOP_LONG'] ? 60 : 20;

let world: World;
afterEach(() => world.stop());

it(`${MINUTES} minutes without Slack lose nothing: what happened meanwhile is told afterwards, once, in the order it happened`, async () => {
  world = await World.start('memory-leak');
  const { slack, app } = world.sandbox;
  const withoutSlack = async (): Promise<void> => {
    for (let minutes = 0; minutes < MINUTES; minutes += 1) {
      world.clock.advance(MINUTE);
      await app.tick();
      await app.executor.idle();
    }
  };
  slack.faults.downFor(3_600_000);
  world.mayLag = true;
  await withoutSlack();
  const plans = (await world.plans()).filter((plan) => plan.state === 'succeeded');
  expect(plans).toHaveLength(1); // a low risk waits for nobody, and not for Slack either
  expect(slack.messages(OPS_CHANNEL)).toEqual([]);
  expect(await app.store.outbox.size()).toBeGreaterThan(0);

  slack.faults.downFor(0);
  await world.until('an empty outbox', 100, async () => ((await app.store.outbox.size()) === 0 ? true : undefined));
  const incidentId = plans[0]?.incidentId ?? '';
  const cards = slack.messages(OPS_CHANNEL).filter((message) => JSON.stringify(message.metadata ?? {}).includes(`"${incidentId}"`));
  expect(cards).toHaveLength(1);
  const replies = slack
    .thread(OPS_CHANNEL, cards[0]?.ts ?? '')
    .slice(1)
    .map(textOf);
  const thread = replies.filter((text) => !text.includes(`${plans[0]?.id} · `)); // without the plan's own card
  const [ran, worked] = [/ ran: /, / worked: /].map((words) => thread.flatMap((text, index) => (words.test(text) ? [index] : [])));
  expect([ran?.length, worked?.length]).toEqual([1, 1]);
  expect(ran?.[0]).toBeLessThan(worked?.[0] ?? 0);
}, 120_000);
