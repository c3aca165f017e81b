import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { anIncident } from '../support/verbs.ts';
import { ANA, BEN, clock, type Desk, OPS, openDesk, textOf } from './edge.ts';

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk();
});
afterAll(async () => desk.stop());

async function card(): Promise<{ id: string; at: { channel: string; ts: string } }> {
  const { id } = await anIncident(desk.store, clock.now());
  await desk.edge.notifier.deliver({ type: 'incident', incidentId: id }, AbortSignal.timeout(5000));
  const at = await desk.store.messages.get(id);
  if (at === null) throw new Error('no card');
  return { id, at };
}
const verdicts = async (id: string) => (await desk.store.feedback.ofSubject(id)).map(({ userId, verdict }) => `${userId} ${verdict}`);
/** Reads the store until it says so: a 👍 has no visible answer. */
async function eventually(id: string, expected: readonly string[]): Promise<void> {
  await expect.poll(() => verdicts(id), { timeout: 5000 }).toEqual(expected);
}

describe('reactions on the bot’s cards', () => {
  test.each(['+1', 'thumbsup', '+1::skin-tone-3', '+1::skin-tone-6'])('%s counts as good, quietly', async (name) => {
    const { id, at } = await card();
    const before = desk.slack.ephemerals(ANA).length;
    await desk.slack.as(ANA).react(at, name);
    await eventually(id, [`${ANA} good`]);
    expect(desk.slack.ephemerals(ANA)).toHaveLength(before);
  });

  test.each(['-1', 'thumbsdown::skin-tone-2'])('%s counts as bad, and says privately what it was taken for', async (name) => {
    const { id, at } = await card();
    const before = desk.slack.ephemerals(BEN).length;
    await desk.slack.as(BEN).react(at, name);
    const answer = await desk.slack.waitFor('the private answer', () => desk.slack.ephemerals(BEN)[before]);
    expect(textOf(answer)).toContain('ops:meaning_');
    await eventually(id, [`${BEN} bad`]);
    await desk.slack.as(BEN).click({ channel: answer.channel, ts: answer.ts }, 'ops:meaning_match');
    await expect.poll(async () => (await desk.store.feedback.ofSubject(id))[0]?.meaning).toBe('match');
  });

  test('taking the reaction away takes the verdict back', async () => {
    const { id, at } = await card();
    await desk.slack.as(ANA).react(at, '+1::skin-tone-4');
    await eventually(id, [`${ANA} good`]);
    await desk.slack.as(ANA).unreact(at, '+1::skin-tone-4');
    await eventually(id, []);
  });

  test('a change of mind stays when the old reaction is taken away', async () => {
    const { id, at } = await card();
    await desk.slack.as(ANA).react(at, '+1');
    await eventually(id, [`${ANA} good`]);
    await desk.slack.as(ANA).react(at, '-1');
    await eventually(id, [`${ANA} bad`]);
    await desk.slack.as(ANA).unreact(at, '+1');
    await desk.slack.as(BEN).react(at, '+1'); // after it in the same queue
    await eventually(id, [`${ANA} bad`, `${BEN} good`]);
  });

  test('other reactions, and reactions on other messages, are nothing to it', async () => {
    const { id, at } = await card();
    const before = desk.verbs.calls.filter((call) => call.verb === 'giveFeedback').length;
    const message = await desk.slack.as(BEN).say(OPS, 'lunch?');
    await desk.slack.as(ANA).react({ channel: OPS, ts: message.ts }, '+1');
    await desk.slack.as(ANA).react(at, 'eyes');
    await desk.slack.as(BEN).react(at, '+1');
    await eventually(id, [`${BEN} good`]);
    expect(desk.verbs.calls.filter((call) => call.verb === 'giveFeedback')).toHaveLength(before + 1);
  });

  test('an answer about an incident can be judged too', async () => {
    const { id } = await card();
    await desk.slack.as(ANA).command('/rca', id);
    const answer = await desk.slack.waitFor('the answer', () => desk.slack.messages(OPS).findLast((message) => textOf(message).includes('A new version')));
    await desk.slack.as(ANA).react({ channel: OPS, ts: answer.ts }, '+1');
    await eventually(id, [`${ANA} good`]);
  });

  test('a redelivered reaction counts once', async () => {
    const { id, at } = await card();
    await desk.slack.as(ANA).react(at, '+1');
    await eventually(id, [`${ANA} good`]);
    const calls = () => desk.verbs.calls.filter((call) => call.verb === 'giveFeedback').length;
    const before = calls();
    expect(desk.slack.faults.redeliverLast()).toBe(true);
    await desk.slack.as(BEN).react(at, '+1');
    await eventually(id, [`${ANA} good`, `${BEN} good`]);
    expect(calls()).toBe(before + 1);
  });
});
