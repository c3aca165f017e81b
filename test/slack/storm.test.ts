import { afterAll, beforeAll, expect, test } from 'vitest';
import { explain } from '../../src/domain/explanation.ts';
import { admit } from '../../src/loop/storms.ts';
import { anIncident } from '../support/verbs.ts';
import { ANA, clock, type Desk, OPS, openDesk, textOf } from './edge.ts';

const quiet = { cardsPerServiceAnHour: 1, cardsAnHour: 5, remindAfterMs: 1, remindMost: 0, digestDay: -1, digestHour: 0 };

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk();
});
afterAll(() => desk.stop());

test('a storm is one card that lists its incidents; what happens to each is said, by name, in its thread', async () => {
  const { store } = desk;
  for (const title of ['first', 'second', 'third']) {
    const incident = await anIncident(store, clock.now(), title);
    const stormId = await store.transaction((tx) => admit(tx, incident, quiet, clock.now()));
    await store.outbox.add(stormId === null ? { type: 'incident', incidentId: incident.id } : { type: 'storm', stormId }, clock.now());
    await store.outbox.add({ type: 'incident', incidentId: incident.id }, clock.now());
  }
  await store.outbox.add({ type: 'thread', incidentId: 'INC-3', note: explain('incident.recovered', 'Back to normal by itself.'), mentions: [] }, clock.now());
  expect(await desk.edge.delivery.drain(5000)).toBe(true);
  const cards = desk.slack.messages(OPS);
  expect(cards).toHaveLength(2);
  const storm = cards.find((card) => textOf(card).includes('2 more incidents'));
  if (storm === undefined) throw new Error('no card of the storm');
  expect(textOf(storm)).toMatch(/INC-2.*second/);
  expect(textOf(storm)).toMatch(/INC-3.*third/);
  expect(desk.slack.thread(OPS, storm.ts).slice(1).map(textOf).join()).toContain('*INC-3* Back to normal by itself.');
});

test('one press takes every incident of the storm, and the card says who is on it', async () => {
  const ref = await desk.store.messages.get('STORM-2');
  if (ref === null) throw new Error('no card of the storm');
  const text = (): string => textOf(desk.slack.messages(OPS).find((one) => one.ts === ref.ts) ?? { text: '', blocks: [] });
  await desk.slack.as(ANA).click(ref, 'ops:ack');
  await desk.slack.waitFor('the answer', () => desk.slack.ephemerals(ANA).some((one) => textOf(one).includes('is on 2 incidents')));
  expect(await Promise.all(['INC-2', 'INC-3'].map(async (id) => (await desk.store.incidents.get(id))?.acknowledgedBy))).toEqual([ANA, ANA]);
  await desk.slack.waitFor('the card', () => text().includes(`On it: <@${ANA}>`));
  expect(text()).not.toContain('ops:ack');
});

test('a language chosen on Home is spoken from then on, and a silence is ended there', async () => {
  const ana = desk.slack.as(ANA);
  await desk.store.silences.put({
    resourceId: 'ecs/catalog',
    untilMs: clock.now() + 600_000,
    by: { type: 'user', userId: ANA },
    reason: 'load test',
    atMs: clock.now(),
  });
  await ana.openHome();
  await desk.slack.waitFor('Home', () => JSON.stringify(desk.slack.home(ANA) ?? '').includes('load test'));
  await ana.click('home', 'ops:lift');
  await desk.slack.waitFor('the end of the silence', () => desk.slack.dm(ANA).some((one) => one.text.includes('makes noise again')));
  expect(await desk.store.silences.active(clock.now())).toEqual([]);
  await ana.click('home', '中文');
  await desk.slack.waitFor('a word in Chinese', () => desk.slack.dm(ANA).some((one) => one.text.includes('说中文')));
  await ana.openHome();
  await desk.slack.waitFor('Home in Chinese', () => JSON.stringify(desk.slack.home(ANA)).includes('等你处理'));
});
