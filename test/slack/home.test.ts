import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Plan } from '../../src/domain/plan.ts';
import { anIncident, aPlan } from '../support/verbs.ts';
import { ANA, BEN, clock, type Desk, LIWEI, openDesk, textOf } from './edge.ts';

let desk: Desk;
const asked: string[] = [];
beforeAll(async () => {
  desk = await openDesk({
    mayApprove: async (userId: string, plan: Plan) => {
      asked.push(`${userId} ${plan.id}`);
      return userId === ANA;
    },
  });
});
afterAll(async () => desk.stop());

const home = (userId: string): string => JSON.stringify(desk.slack.home(userId)?.blocks ?? []);

test('opening the Home tab shows what is open and what waits for this person, in their language', async () => {
  const { id } = await anIncident(desk.store, clock.now());
  const plan = await aPlan(desk.store, id, clock.now());
  await desk.slack.as(ANA).openHome();
  await desk.slack.waitFor('Ana’s Home tab', () => home(ANA).includes(id) && home(ANA).includes(`["${plan.id}"`.replaceAll('"', '\\"')));
  await desk.slack.as(LIWEI).openHome();
  await desk.slack.waitFor('Li Wei’s Home tab', () => /[一-龥]/.test(home(LIWEI)) && home(LIWEI).includes(id));
  expect(home(LIWEI)).not.toContain('ops:approve');
  expect(asked).toContain(`${LIWEI} ${plan.id}`);
});

test('the first visit is greeted in the DM, once', async () => {
  await desk.slack.as(BEN).openHome();
  await desk.slack.waitFor('the greeting', () => desk.slack.dm(BEN).length > 0);
  await desk.slack.as(BEN).openHome();
  await desk.slack.waitFor('Ben’s Home tab', () => desk.slack.home(BEN));
  expect(desk.slack.dm(BEN).map(textOf)).toHaveLength(1);
});

test('a Home tab that was opened lately follows what happens', async () => {
  await desk.slack.as(ANA).openHome();
  const { id } = await anIncident(desk.store, clock.now(), 'a later trouble');
  await desk.store.outbox.add({ type: 'incident', incidentId: id }, clock.now());
  await desk.slack.waitFor('the Home tab to follow', () => home(ANA).includes('a later trouble'));
});

test('approving from the Home tab is answered in the DM, and the plan leaves the tab', async () => {
  const { id } = await anIncident(desk.store, clock.now());
  const plan = await aPlan(desk.store, id, clock.now());
  await desk.slack.as(ANA).openHome();
  await desk.slack.waitFor('the plan', () => home(ANA).includes(`ops:approve:${plan.id}`));
  const before = desk.slack.dm(ANA).length;
  await desk.slack.as(ANA).click('home', `ops:approve:${plan.id}`);
  const answer = await desk.slack.waitFor('the answer', () => desk.slack.dm(ANA)[before]);
  expect(textOf(answer)).toContain(`${plan.id} counts`);
  await desk.slack.waitFor('the tab to follow', () => !home(ANA).includes(`ops:approve:${plan.id}`));
});
