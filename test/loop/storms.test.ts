import { beforeEach, describe, expect, test } from 'vitest';
import type { Quiet } from '../../src/domain/quiet.ts';
import type { Store } from '../../src/domain/store.ts';
import { lastDue } from '../../src/loop/stages/digest.ts';
import { remind, reminderDue } from '../../src/loop/stages/remind.ts';
import { admit, stormOf, stormView } from '../../src/loop/storms.ts';
import { acknowledgeStorm } from '../../src/loop/verbs/acknowledge.ts';
import { incident, policy } from '../support/make.ts';
import { tempStore } from '../support/store.ts';

const MINUTE = 60_000;
const T = Date.UTC(2026, 2, 4, 10);
const quiet: Quiet = { cardsPerServiceAnHour: 3, cardsAnHour: 5, remindAfterMs: 15 * MINUTE, remindMost: 3, digestDay: 1, digestHour: 9 };

describe('the noise budget', () => {
  let store: Store;
  beforeEach(async () => {
    store = await tempStore();
  });

  const open = async (service: string | null, atMs: number): Promise<string | null> => {
    const { title, severity, environment, resourceIds } = incident();
    const draft = { title, severity, service, environment, resourceIds, openedAtMs: atMs, startedAtMs: atMs, anomalyIds: [] };
    const opened = await store.incidents.open(draft, { type: 'system', component: 'test' });
    return await store.transaction((tx) => admit(tx, opened, quiet, atMs));
  };

  test('gives a service three cards an hour; what comes above shares one card', async () => {
    const given = [];
    for (let n = 0; n < 6; n += 1) given.push(await open('checkout', T + n * MINUTE));
    expect(given.slice(0, 3)).toEqual([null, null, null]);
    expect(new Set(given.slice(3))).toEqual(new Set(['STORM-4']));
    expect(await open('catalog', T + 7 * MINUTE)).toBeNull();
  });

  test('counts over all services too, also for incidents of none', async () => {
    for (const service of ['a', 'b', 'c', 'd', null]) expect(await open(service, T)).toBeNull();
    expect(await open('e', T)).toBe('STORM-6');
    expect(await open(null, T)).toBe('STORM-6');
  });

  test('starts anew after an hour, and a storm that went quiet gets no further members', async () => {
    for (let n = 0; n < 4; n += 1) await open('checkout', T);
    expect(await open('checkout', T + 61 * MINUTE)).toBeNull();
    for (let n = 0; n < 2; n += 1) await open('checkout', T + 62 * MINUTE);
    expect(await open('checkout', T + 63 * MINUTE)).toBe('STORM-8');
  });

  test('tells of each member where it is shown, and of the storm who is in it', async () => {
    for (let n = 0; n < 5; n += 1) await open('checkout', T);
    expect(await stormOf(store, 'INC-1')).toBeNull();
    expect(await stormOf(store, 'INC-5')).toBe('STORM-4');
    expect((await stormView(store, 'STORM-4'))?.incidents.map((one) => one.id)).toEqual(['INC-4', 'INC-5']);
  });
});

describe('somebody takes a storm', () => {
  const ana = { type: 'user', userId: 'U0ANA0001' } as const;
  const desk = async () => {
    const store = await tempStore();
    const { title, environment, resourceIds } = incident();
    const draft = { title, environment, resourceIds, service: 'checkout', severity: 0.9, openedAtMs: T, startedAtMs: T, anomalyIds: [] };
    for (let n = 0; n < 30; n += 1) {
      const opened = await store.incidents.open(draft, { type: 'system', component: 'test' });
      await store.transaction((tx) => admit(tx, opened, quiet, T));
    }
    return { store, ops: { store, clock: { now: () => T + 20 * MINUTE } } };
  };

  test('each of its open incidents counts as taken, so that no reminder comes, and the card is shown anew once', async () => {
    const { store, ops } = await desk();
    await store.incidents.patch('INC-9', { acknowledgedBy: 'U0BEN0002' }, null, T);
    const taken = await acknowledgeStorm(ops, 'storm-4', ana);
    expect(taken).toHaveLength(26);
    const members = (await stormView(store, 'STORM-4'))?.incidents ?? [];
    expect(members.map((one) => reminderDue(one, quiet, T + 60 * MINUTE))).toEqual(members.map(() => null));
    expect((await store.incidents.get('INC-9'))?.acknowledgedBy).toBe('U0BEN0002');
    expect((await store.incidents.get('INC-1'))?.acknowledgedBy).toBeNull();
    expect(await store.outbox.size()).toBe(1);
    expect((await store.audit.list({ subject: 'INC-30', limit: 9 })).map((one) => one.verb)).toContain('incident.acknowledged');
    await expect(acknowledgeStorm(ops, 'STORM-4', ana)).rejects.toThrow('Nothing of STORM-4 waits');
    await expect(acknowledgeStorm(ops, 'STORM-77', ana)).rejects.toThrow('no storm');
    await expect(acknowledgeStorm(ops, 'STORM-4', { type: 'system', component: 'x' })).rejects.toThrow('Only a person');
  });

  test('incidents that share a card share its reminders', async () => {
    const { store, ops } = await desk();
    const asked = { ...ops, quiet, policy: policy() };
    for (const one of await store.incidents.list({ limit: 50 })) await remind(asked, one);
    const notes = (await store.outbox.take(T + 30 * MINUTE, 100)).flatMap(({ notice }) => (notice.type === 'thread' ? [notice.note.code] : []));
    expect(notes.toSorted()).toEqual(['incident.nobody', 'incident.nobody', 'incident.nobody', 'storm.nobody']);
  });
});

describe('reminders', () => {
  const grave = incident({ severity: 0.9, openedAtMs: T, acknowledgedBy: null });
  test.each([
    [14, null],
    [16, 1],
    [44, 1],
    [46, 2],
    [106, 3],
    [10_000, 3],
  ])('after %i minutes it is reminder %s', (minutes, turn) => {
    expect(reminderDue(grave, quiet, T + minutes * MINUTE)).toBe(turn);
  });

  test('stop when somebody has taken it, and never come for what is not grave', () => {
    expect(reminderDue({ ...grave, acknowledgedBy: 'U1' }, quiet, T + 60 * MINUTE)).toBeNull();
    expect(reminderDue({ ...grave, severity: 0.5 }, quiet, T + 60 * MINUTE)).toBeNull();
  });
});

test('the digest is due on its day and hour, or not at all', () => {
  const monday9 = Date.UTC(2026, 2, 2, 9);
  expect(lastDue(quiet, T)).toBe(monday9);
  expect(lastDue(quiet, monday9 - 1)).toBe(monday9 - 7 * 24 * 60 * MINUTE);
  expect(lastDue({ ...quiet, digestDay: -1 }, T)).toBeNull();
});
