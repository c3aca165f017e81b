import { expect, it } from 'vitest';
import type { Alarm } from '../../../src/domain/signals.ts';
import { Intake } from '../../../src/http/webhooks/intake.ts';
import { tempStore } from '../../support/store.ts';

const alarms = (from: number, count: number): Alarm[] =>
  Array.from({ length: count }, (_, n) => ({ id: `a-${from + n}`, name: 'x', state: 'alarm', timestampMs: 1, resourceId: null, metric: null, reason: '' }));

it('stores what comes together in few commits, all of it, before it says so', async () => {
  const store = await tempStore();
  let commits = 0;
  const intake = new Intake({
    signals: {
      ...store.signals,
      appendAlarms: (batch) => {
        commits += 1;
        return store.signals.appendAlarms(batch);
      },
    },
  });
  await Promise.all(
    Array.from({ length: 500 }, async (_, n) => {
      await intake.add(alarms(n, 1));
      const { alarms: there } = await store.signals.alarmsSince(n, 1);
      expect(there).toHaveLength(1);
    }),
  );
  expect((await store.signals.alarmsSince(0, 1000)).alarms).toHaveLength(500);
  expect(commits).toBeLessThan(20);
});

it('fails a delivery alone when its batch cannot be stored, and goes on with the next', async () => {
  const store = await tempStore();
  let fail = true;
  const intake = new Intake({
    signals: { ...store.signals, appendAlarms: (batch) => (fail ? Promise.reject(new Error('full')) : store.signals.appendAlarms(batch)) },
  });
  await expect(intake.add(alarms(0, 3))).rejects.toThrow('full');
  fail = false;
  await intake.add(alarms(0, 3));
  expect((await store.signals.alarmsSince(0, 10)).alarms).toHaveLength(3);
});

it('takes no more than it can hold', async () => {
  const store = await tempStore();
  const intake = new Intake(store);
  const many = Array.from({ length: 50 }, (_, n) => intake.add(alarms(n * 1000, 1000)));
  await expect(intake.add(alarms(90_000, 1))).rejects.toMatchObject({ code: 'unavailable' });
  await Promise.all(many);
  await intake.add(alarms(90_000, 1));
});

it('tells whoever waits when a write takes too long, refuses whoever comes until it has ended, and then takes everything again, each once', async () => {
  const store = await tempStore();
  const { promise, resolve: goOn } = Promise.withResolvers<void>();
  const intake = new Intake(
    { signals: { ...store.signals, appendAlarms: async (batch) => promise.then(() => store.signals.appendAlarms(batch)) } },
    undefined,
    50,
  );
  const late = { code: 'unavailable', message: 'The database takes too long to store alarms.' };
  const writing = intake.add(alarms(0, 2));
  await new Promise((resolve) => setTimeout(resolve, 10)); // the write is under way
  const queued = intake.add(alarms(2, 2));
  await expect(writing).rejects.toMatchObject(late);
  await expect(queued).rejects.toMatchObject(late);
  await expect(intake.add(alarms(4, 1))).rejects.toMatchObject(late);
  goOn();
  await expect
    .poll(() =>
      intake.add(alarms(0, 6)).then(
        () => true,
        () => false,
      ),
    )
    .toBe(true);
  expect((await store.signals.alarmsSince(0, 10)).alarms.map(({ id }) => id).toSorted()).toEqual(alarms(0, 6).map(({ id }) => id));
});
