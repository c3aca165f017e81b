import { expect, it } from 'vitest';
import { system } from '../../../src/domain/actor.ts';
import type { LogLine } from '../../../src/domain/signals.ts';
import { LogReader } from '../../../src/loop/detection/log-reader.ts';
import { MINUTE, T0 } from '../../support/make.ts';
import { storePlace } from '../../support/store.ts';

let serial = 0;
const lines = (minute: number, count: number, message: string, level: LogLine['level'] = 'error'): LogLine[] =>
  Array.from({ length: count }, (_, n) => ({
    id: `r${serial++}`,
    timestampMs: T0 + minute * MINUTE + n,
    group: '/app/checkout',
    resourceId: 'ecs/checkout',
    level,
    message: `${message} ${n}`,
  }));

async function world() {
  const store = await storePlace().open();
  let next = 0;
  const reader = () => new LogReader(store, () => `log_${next++}`);
  const watching = { reader: reader() };
  const minute = async (at: number, ...some: LogLine[][]): Promise<void> => {
    await store.signals.appendLogs(some.flat());
    await watching.reader.run(T0 + at * MINUTE + 1000);
  };
  for (let at = 0; at < 45; at += 1) await minute(at, lines(at, 1, 'retry'));
  const restart = (): void => {
    watching.reader = reader();
  };
  const all = () => store.anomalies.between({ fromMs: 0, toMs: T0 * 2 }, 100);
  return { store, minute, restart, all };
}

it('files a burst of errors that goes on, once, and ends it when it is quiet', async () => {
  const { minute, all } = await world();
  await minute(45, lines(45, 40, 'retry'));
  expect(await all()).toEqual([]);
  await minute(46, lines(46, 40, 'retry'));
  expect(await all()).toMatchObject([{ method: 'log', resourceId: 'ecs/checkout', endedAtMs: null }]);
  await minute(47);
  await minute(52);
  expect(await all()).toMatchObject([{ endedAtMs: T0 + 46 * MINUTE + 39 }]);
});

it('keeps a few new errors to itself until something else is wrong there', async () => {
  const { store, minute, all } = await world();
  await minute(45, lines(45, 4, 'cannot parse the answer of the bank'));
  expect(await all()).toEqual([]);
  const incident = {
    title: 'x',
    severity: 0.7,
    service: null,
    environment: null,
    resourceIds: ['ecs/checkout'],
    openedAtMs: T0,
    startedAtMs: T0,
    anomalyIds: [],
  };
  await store.incidents.open(incident, system('test'));
  await minute(46);
  expect(await all()).toMatchObject([{ explanation: { code: 'log.new' } }]);
});

it('goes on after a restart with what it knew: nothing is raised again, and what was going on ends under its own id', async () => {
  const { store, minute, restart, all } = await world();
  await minute(45, lines(45, 40, 'retry'));
  await minute(46, lines(46, 40, 'retry'));
  restart();
  await minute(47, lines(47, 40, 'retry'), lines(47, 1, 'retry'));
  expect((await all()).map(({ id }) => id)).toHaveLength(1);
  restart();
  await minute(53);
  expect(await all()).toMatchObject([{ endedAtMs: T0 + 47 * MINUTE + 39 }]);
  restart();
  await minute(60, lines(60, 2, 'retry'));
  expect((await store.anomalies.live(10)).length).toBe(0);
});

it('learns from a back-fill without raising what is in it', async () => {
  const { store, all } = await world();
  const late = new LogReader(store, () => 'x');
  await store.watermarks.set('log-watch', 0);
  await store.signals.appendLogs([...lines(46, 300, 'boom'), ...lines(47, 300, 'boom')]);
  await late.run(T0 + 120 * MINUTE);
  expect(await all()).toEqual([]);
});
