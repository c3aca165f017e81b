import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { commands } from '../../commands/registry.ts';
import { OpsError } from '../../src/domain/errors.ts';
import type { Verbs } from '../../src/loop/verbs.ts';
import { anIncident, aPlan } from '../support/verbs.ts';
import { ANA, BEN, clock, type Desk, everywhere, LIWEI, next, OPS, openDesk, textOf } from './edge.ts';

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk();
  await anIncident(desk.store, clock.now());
});
afterAll(async () => desk.stop());

const seen = () => everywhere(desk);
const lastCall = (verb: keyof Verbs) => desk.verbs.calls.findLast((call) => call.verb === verb)?.args;

describe('answers go to the right eyes', () => {
  test('/ops alone shows what to try, to the asker only', async () => {
    const before = desk.slack.messages(OPS).length;
    expect(
      await next(
        desk,
        () => desk.slack.as(ANA).command('/ops'),
        () => desk.slack.ephemerals(ANA),
      ),
    ).toMatch(/1\..*2\..*3\./s);
    expect(desk.slack.messages(OPS)).toHaveLength(before);
  });

  test('a result is for everyone, an error for the asker, in their language', async () => {
    await next(
      desk,
      () => desk.slack.as(ANA).command('/rca', 'INC-1'),
      () => desk.slack.messages(OPS),
      (text) => text.includes('A new version'),
    );
    expect(
      await next(
        desk,
        () => desk.slack.as(BEN).command('/rca', 'INC-999'),
        () => desk.slack.ephemerals(BEN),
      ),
    ).toContain('There is no incident INC-999');
    expect(
      await next(
        desk,
        () => desk.slack.as(LIWEI).command('/ops', '检测测'),
        () => desk.slack.messages(OPS),
      ),
    ).toMatch(/INC-/);
    expect(
      await next(
        desk,
        () => desk.slack.as(LIWEI).command('/ops', 'xyzzy'),
        () => desk.slack.ephemerals(LIWEI),
      ),
    ).toContain('我不认识“xyzzy”');
  });

  test('a slip is answered with what was meant', async () => {
    expect(
      await next(
        desk,
        () => desk.slack.as(ANA).mention(OPS, 'detct'),
        () => desk.slack.ephemerals(ANA),
      ),
    ).toMatch(/Did you mean \\"detect/);
  });

  test('a missing argument is answered with an example', async () => {
    expect(
      await next(
        desk,
        () => desk.slack.as(ANA).command('/approve'),
        () => desk.slack.ephemerals(ANA),
      ),
    ).toContain('approve PLAN-34');
  });

  test('/rca help explains rca', async () => {
    const text = await next(
      desk,
      () => desk.slack.as(ANA).command('/rca', 'help'),
      () => desk.slack.ephemerals(ANA),
    );
    expect(text).toMatch(/rca/);
    expect(text).not.toContain('pause');
  });

  test.each(commands.filter((one) => one.name !== 'help').map((one) => one.name))('help %s has a page of its own', async (name) => {
    const overview = await next(
      desk,
      () => desk.slack.as(BEN).command('/ops', 'help'),
      () => desk.slack.ephemerals(BEN),
    );
    expect(
      await next(
        desk,
        () => desk.slack.as(BEN).command('/ops', `help ${name}`),
        () => desk.slack.ephemerals(BEN),
      ),
    ).not.toBe(overview);
  });

  test('an error that is not meant for people is not shown', async () => {
    desk.verbs.failNext('detect', new Error('secret stack at line 3'));
    const text = await next(
      desk,
      () => desk.slack.as(ANA).command('/detect'),
      () => desk.slack.ephemerals(ANA),
    );
    expect(text).not.toContain('secret');
    expect(JSON.stringify(desk.log.lines)).toContain('secret stack');
  });

  test('a refusal by policy comes with its reason', async () => {
    desk.verbs.failNext('resume', new OpsError('forbidden', 'Only operators may resume.', 'Ask one of them.'));
    expect(
      await next(
        desk,
        () => desk.slack.as(BEN).command('/ops', 'resume'),
        () => desk.slack.ephemerals(BEN),
      ),
    ).toContain('Only operators may resume');
  });

  test('something slow says that it is being worked on', async () => {
    const release = desk.verbs.holdNext('detect');
    expect(
      await next(
        desk,
        () => desk.slack.as(BEN).command('/detect'),
        () => desk.slack.ephemerals(BEN),
      ),
    ).toContain('On it');
    release();
  });
});

describe('in the thread of an incident', () => {
  test('rca, approve and feedback need no name', async () => {
    const incident = await anIncident(desk.store, clock.now(), 'in its thread');
    await desk.store.outbox.add({ type: 'incident', incidentId: incident.id }, clock.now());
    const card = await desk.slack.waitFor('the card', () => desk.slack.messages(OPS).find((message) => textOf(message).includes('in its thread')));
    const thread = { threadTs: card.ts };
    const replies = () => desk.slack.thread(OPS, card.ts);
    await next(
      desk,
      () => desk.slack.as(ANA).mention(OPS, 'rca', thread),
      replies,
      (text) => text.includes('A new version'),
    );
    expect(lastCall('analyse')?.[0]).toBe(incident.id);

    const plan = await aPlan(desk.store, incident.id, clock.now());
    await next(
      desk,
      () => desk.slack.as(ANA).mention(OPS, '批准', thread),
      replies,
      (text) => text.includes(plan.id),
    );
    expect((await desk.store.plans.get(plan.id))?.state).toBe('approved');
    expect(
      await next(
        desk,
        () => desk.slack.as(ANA).mention(OPS, 'approve', thread),
        () => desk.slack.ephemerals(ANA),
      ),
    ).toContain('No plan');

    await next(
      desk,
      () => desk.slack.as(BEN).mention(OPS, 'feedback bad false alarm', thread),
      () => desk.slack.ephemerals(BEN),
      (text) => text.includes(incident.id),
    );
    expect(await desk.store.feedback.ofSubject(incident.id)).toMatchObject([{ userId: BEN, verdict: 'bad', comment: 'false alarm' }]);
  });
});

test('a redelivered event is handled once', async () => {
  const before = desk.verbs.calls.filter((call) => call.verb === 'status').length;
  await next(desk, () => desk.slack.as(ANA).mention(OPS, 'status'), seen);
  expect(desk.slack.faults.redeliverLast()).toBe(true);
  await next(desk, () => desk.slack.as(ANA).mention(OPS, 'help'), seen);
  expect(desk.verbs.calls.filter((call) => call.verb === 'status')).toHaveLength(before + 1);
});

test('where Slack has no private messages in channels, a private answer goes to the direct message', async () => {
  desk.slack.faults.fail('chat.postEphemeral', 'unknown_method', 1);
  const answer = await next(
    desk,
    () => desk.slack.as(BEN).mention(OPS, 'xyzzy'),
    () => desk.slack.dm(BEN),
  );
  expect(answer).toContain('I do not know');
  const missing = desk.log.lines.filter((line) => line.message.startsWith('this Slack does not have'));
  expect(missing.map((line) => line.fields)).toMatchObject([{ method: 'chat.postEphemeral', without: 'private answers go to the DM' }]);
});
