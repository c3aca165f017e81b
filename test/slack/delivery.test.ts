import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { explain } from '../../src/domain/explanation.ts';
import { anIncident, aPlan } from '../support/verbs.ts';
import { ANA, clock, type Desk, LIWEI, OPS, openDesk, textOf } from './edge.ts';

let desk: Desk;
let picture: () => Promise<Uint8Array | null> = async () => null;
beforeAll(async () => {
  desk = await openDesk({ chart: () => picture() });
});
afterAll(async () => desk.stop());
afterEach(() => {
  picture = async () => null;
});

const add = (notice: Parameters<Desk['store']['outbox']['add']>[0]) => desk.store.outbox.add(notice, clock.now());
const cardsOf = (id: string) => desk.slack.messages(OPS).filter((message) => textOf(message).includes(`${id} `));
const calls = (method: string) => desk.slack.calls().filter((call) => call.method === method).length;

describe('one incident, one card, one thread', () => {
  test('later notices edit the card where it is', async () => {
    const { id } = await anIncident(desk.store, clock.now());
    await add({ type: 'incident', incidentId: id });
    await desk.edge.delivery.drain();
    const [before] = cardsOf(id);
    await desk.store.incidents.move(id, {
      from: ['open'],
      to: 'resolved',
      patch: { resolvedAtMs: clock.now(), resolution: 'fixed' },
      actor: { type: 'system', component: 't' },
      verb: 'incident.resolved',
      atMs: clock.now(),
    });
    await add({ type: 'incident', incidentId: id });
    await desk.edge.delivery.drain();
    const [after, ...more] = cardsOf(id);
    expect(more).toEqual([]);
    expect(after?.ts).toBe(before?.ts);
    expect(textOf(after ?? { text: '', blocks: [] })).toMatch(/resolved/i);
  });

  test('a plan’s card and notes are in the thread, also when they come before the incident’s card', async () => {
    const { id } = await anIncident(desk.store, clock.now());
    const plan = await aPlan(desk.store, id, clock.now());
    await add({ type: 'thread', incidentId: id, note: explain('t', 'Something changed.'), mentions: [ANA] });
    await add({ type: 'plan', planId: plan.id });
    await desk.edge.delivery.drain();
    const [root] = cardsOf(id);
    const thread = desk.slack.thread(OPS, root?.ts ?? '').map(textOf);
    expect(thread.some((text) => text.includes('Something changed.') && text.includes(`<@${ANA}>`))).toBe(true);
    expect(thread.filter((text) => text.includes('ops:approve') && text.includes(plan.id))).toHaveLength(2); // root and plan card
  });

  test('a card that somebody deleted is posted again', async () => {
    const { id } = await anIncident(desk.store, clock.now());
    await add({ type: 'incident', incidentId: id });
    await desk.edge.delivery.drain();
    desk.slack.faults.fail('chat.update', 'message_not_found');
    await desk.store.incidents.patch(id, { title: 'another title' }, null, clock.now());
    await add({ type: 'incident', incidentId: id });
    await desk.edge.delivery.drain();
    expect(cardsOf(id)).toHaveLength(2);
  });

  test('an unchanged card costs no message', async () => {
    const { id } = await anIncident(desk.store, clock.now());
    await add({ type: 'incident', incidentId: id });
    await desk.edge.delivery.drain();
    const before = calls('chat.update') + calls('chat.postMessage');
    await add({ type: 'incident', incidentId: id });
    await desk.edge.delivery.drain();
    expect(calls('chat.update') + calls('chat.postMessage') - before).toBeLessThanOrEqual(1); // the age shown may have moved on
  });
});

describe('what Slack does to a delivery', () => {
  test('"slow down" is waited for, and nothing is lost', async () => {
    desk.slack.faults.rateLimit('chat.postMessage', 1, 1);
    const { id } = await anIncident(desk.store, clock.now());
    await add({ type: 'incident', incidentId: id });
    expect(await desk.edge.delivery.drain()).toBe(true);
    expect(cardsOf(id)).toHaveLength(1);
  });

  test('a lost answer does not lead to a second card', async () => {
    desk.slack.faults.loseReply('chat.postMessage', 1);
    const { id } = await anIncident(desk.store, clock.now());
    await add({ type: 'incident', incidentId: id });
    expect(await desk.edge.delivery.drain()).toBe(true);
    expect(cardsOf(id)).toHaveLength(1);
    expect(await desk.store.messages.get(id)).toMatchObject({ channel: OPS });
  });

  test('a lost answer does not lead to a second note', async () => {
    const { id } = await anIncident(desk.store, clock.now());
    await add({ type: 'incident', incidentId: id });
    await desk.edge.delivery.drain();
    desk.slack.faults.loseReply('chat.postMessage', 1);
    await add({ type: 'thread', incidentId: id, note: explain('t', 'Said once.'), mentions: [] });
    await desk.edge.delivery.drain();
    const [root] = cardsOf(id);
    expect(desk.slack.thread(OPS, root?.ts ?? '').filter((message) => textOf(message).includes('Said once.'))).toHaveLength(1);
  });

  test('Slack down for a while delays, with the reason in the log', async () => {
    desk.slack.faults.fail('chat.postMessage', 'fatal_error', 1);
    const { id } = await anIncident(desk.store, clock.now());
    await add({ type: 'incident', incidentId: id });
    expect(await desk.edge.delivery.drain()).toBe(true);
    expect(cardsOf(id)).toHaveLength(1);
    expect(JSON.stringify(desk.log.lines)).toContain('fatal_error');
  });

  test('a card Slack refuses is sent as its text', async () => {
    desk.slack.faults.fail('chat.postMessage', 'invalid_blocks', 1);
    const { id } = await anIncident(desk.store, clock.now());
    await add({ type: 'incident', incidentId: id });
    await desk.edge.delivery.drain();
    expect(cardsOf(id).map((card) => card.blocks.length)).toEqual([0]);
  });

  test('a notice to nobody is dropped with a log line, not tried for ever', async () => {
    desk.slack.faults.fail('chat.postMessage', 'user_not_found', 1);
    await add({ type: 'direct', userId: 'U0GONE', note: explain('t', 'Hello.') });
    expect(await desk.edge.delivery.drain()).toBe(true);
    expect(JSON.stringify(desk.log.lines)).toContain('nobody can be shown');
  });
});

describe('pictures', () => {
  const png = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==', 'base64');

  test('the card shows the metric, drawn once while it lasts and once more when it is over', async () => {
    let drawn = 0;
    picture = async () => {
      drawn += 1;
      return png;
    };
    const { id } = await anIncident(desk.store, clock.now());
    for (const title of ['one', 'two']) {
      await desk.store.incidents.patch(id, { title }, null, clock.now());
      await add({ type: 'incident', incidentId: id });
      await desk.edge.delivery.drain();
    }
    expect(drawn).toBe(1);
    expect(textOf(cardsOf(id)[0] ?? { text: '', blocks: [] })).toContain('slack_file');
    await desk.store.incidents.move(id, {
      from: ['open'],
      to: 'unresolved',
      actor: { type: 'system', component: 't' },
      verb: 'incident.unresolved',
      atMs: clock.now(),
    });
    await add({ type: 'incident', incidentId: id });
    await desk.edge.delivery.drain();
    expect(drawn).toBe(2);
  });

  test.each([
    ['drawing fails', async () => Promise.reject(new Error('no font'))],
    ['there is none', async () => null],
  ])('%s: the card stands without it', async (_, chart) => {
    picture = chart;
    const { id } = await anIncident(desk.store, clock.now());
    await add({ type: 'incident', incidentId: id });
    await desk.edge.delivery.drain();
    expect(textOf(cardsOf(id)[0] ?? { text: '', blocks: [] })).not.toContain('slack_file');
  });

  test('a file Slack is not ready to show is tried again', async () => {
    picture = async () => png;
    desk.slack.faults.fail('chat.update', 'internal_error', 1);
    const { id } = await anIncident(desk.store, clock.now());
    await add({ type: 'incident', incidentId: id });
    await desk.edge.delivery.drain();
    expect(textOf(cardsOf(id)[0] ?? { text: '', blocks: [] })).toContain('slack_file');
  });
});

test('a direct notice is a DM in the person’s own language', async () => {
  await add({ type: 'direct', userId: LIWEI, note: explain('no.such.code', 'Your plan waits.') });
  await desk.edge.delivery.drain();
  expect(desk.slack.dm(LIWEI).map(textOf).join()).toContain('Your plan waits.');
});

test('many notices leave in order, and none is left behind', async () => {
  const ids: string[] = [];
  for (let n = 0; n < 30; n += 1) {
    const { id } = await anIncident(desk.store, clock.now());
    ids.push(id);
    await add({ type: 'incident', incidentId: id });
  }
  expect(await desk.edge.delivery.drain()).toBe(true);
  const order = desk.slack.messages(OPS).flatMap((message) => ids.filter((id) => textOf(message).includes(`${id} `)));
  expect([...new Set(order)]).toEqual(ids);
});
