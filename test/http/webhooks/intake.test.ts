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
