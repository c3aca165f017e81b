import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { MetricSeries } from '../../src/domain/metric.ts';
import type { Store } from '../../src/domain/store.ts';
import type { Ops } from '../../src/loop/ops.ts';
import { halved, squeeze } from '../../src/loop/squeeze.ts';
import { cpuOf, MINUTE, T0 } from '../support/make.ts';
import { tempStore } from '../support/store.ts';
import { anIncident, aPlan } from '../support/verbs.ts';

const HOUR = 60 * MINUTE;
const KEPT = { metricsMs: 72 * HOUR, signalsMs: 168 * HOUR };
const MB = 1_048_576;

function opsOver(store: Store, maxStoreBytes: number | null) {
  const warned: string[] = [];
  const log = { warn: (_: object, words: string) => void warned.push(words) };
  return { ops: { store, maxStoreBytes, log } as unknown as Ops, warned };
}

/** A week of logs and three days of metrics, some megabytes, with an incident, a plan and their audit from the very beginning. */
async function filled(): Promise<Store> {
  const store = await tempStore();
  const incident = await anIncident(store, T0 - 168 * HOUR);
  await aPlan(store, incident.id, T0 - 168 * HOUR);
  const lines = Array.from({ length: 168 * 30 }, (_, n) => ({
    ...{ id: `l${n}`, timestampMs: T0 - n * 2 * MINUTE, group: '/app', resourceId: 'ecs/checkout', level: 'error' as const },
    message: `something went wrong, for the ${n}th time: ${'x'.repeat(900)}`,
  }));
  await store.signals.appendLogs(lines);
  const points = Array.from({ length: 72 * 60 }, (_, n) => ({ timestampMs: T0 - n * MINUTE, value: n }));
  const series: MetricSeries = { ref: cpuOf('ecs/checkout'), resourceId: 'ecs/checkout', unit: 'Percent', periodMs: MINUTE, points };
  await store.metrics.append([series]);
  return store;
}
const usedBytes = async (store: Store): Promise<number> => (await store.bytes())['used'] ?? 0;
const oldestLog = async (store: Store): Promise<number> =>
  (await store.signals.logs({ window: { fromMs: 0, toMs: T0 }, limit: 10_000 })).at(-1)?.timestampMs ?? 0;

it('the oldest goes first until the store fits; incidents, plans and the audit stay whole', async () => {
  const store = await filled();
  const before = await usedBytes(store);
  expect(before).toBeGreaterThan(5 * MB);
  const { ops, warned } = opsOver(store, 4 * MB);
  await squeeze(ops, KEPT, T0);
  expect(await usedBytes(store)).toBeLessThanOrEqual(4 * MB);
  expect(await oldestLog(store)).toBe(T0 - 84 * HOUR); // one halving was enough
  expect((await store.metrics.range([(await store.metrics.describe())[0]?.key ?? ''], { fromMs: 0, toMs: T0 }))[0]?.points).toHaveLength(36 * 60 + 1);
  expect(await store.incidents.list({ limit: 9 })).toHaveLength(1);
  expect(await store.plans.list({ limit: 9 })).toHaveLength(1);
  expect(await store.audit.verify()).toMatchObject({ rows: 3, brokenAt: null });
  expect(warned).toEqual([]);
});

it('two hours stay, whatever the limit, and the log says that it is not enough', async () => {
  const store = await filled();
  const { ops, warned } = opsOver(store, 1);
  await squeeze(ops, KEPT, T0);
  expect(await oldestLog(store)).toBe(T0 - 2 * HOUR);
  expect(await store.audit.verify()).toMatchObject({ rows: 3, brokenAt: null });
  expect(warned).toEqual([expect.stringContaining('max_size_mb')]);
});

it('without a limit, or under it, nothing goes', async () => {
  const store = await filled();
  await squeeze(opsOver(store, null).ops, KEPT, T0);
  await squeeze(opsOver(store, 100 * MB).ops, KEPT, T0);
  expect(await oldestLog(store)).toBe(T0 - (168 * 30 - 1) * 2 * MINUTE);
});

it('where only the whole size is told, one step a time is taken, and none while it does not grow', async () => {
  const real = await filled();
  let bytes = 900;
  const store: Store = { ...real, engine: 'postgres', bytes: async () => ({ database: bytes }) };
  const { ops } = opsOver(store, 500);
  await squeeze(ops, KEPT, T0);
  expect(await oldestLog(real)).toBe(T0 - 84 * HOUR);
  await real.signals.appendLogs([{ id: 'old', timestampMs: T0 - 100 * HOUR, group: '/app', resourceId: null, level: 'info', message: 'm' }]);
  await squeeze(ops, KEPT, T0);
  expect(await oldestLog(real)).toBe(T0 - 100 * HOUR);
  bytes = 901;
  await squeeze(ops, KEPT, T0);
  expect(await oldestLog(real)).toBe(T0 - 84 * HOUR);
});

it('halving ends, and never goes under two hours', () => {
  const kept = fc.record({ metricsMs: fc.integer({ min: 2 * HOUR, max: 2160 * HOUR }), signalsMs: fc.integer({ min: 2 * HOUR, max: 168 * HOUR }) });
  fc.assert(
    fc.property(kept, (start) => {
      let steps = 0;
      for (let next = halved(start); next !== null; next = halved(next)) {
        expect(Math.min(next.metricsMs, next.signalsMs)).toBeGreaterThanOrEqual(2 * HOUR);
        steps += 1;
      }
      expect(steps).toBeLessThanOrEqual(12);
    }),
  );
});
