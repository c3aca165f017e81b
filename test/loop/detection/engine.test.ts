import { describe, expect, test } from 'vitest';
import { system } from '../../../src/domain/actor.ts';
import type { DetectionEngine } from '../../../src/domain/detection.ts';
import { OpsError } from '../../../src/domain/errors.ts';
import { type MetricSeries, seriesKey } from '../../../src/domain/metric.ts';
import type { Store } from '../../../src/domain/store.ts';
import { createDetectionEngine, type DetectionOptions } from '../../../src/loop/detection/engine.ts';
import { createWorkerEngine } from '../../../src/loop/detection/worker-engine.ts';
import { HOUR, MINUTE, MONDAY_MS, metric, noise } from '../../detect/timeline.ts';
import { storePlace } from '../../support/store.ts';

const SERIES = metric('Test', 'latency', 'ecs/checkout', 'Milliseconds');
const KEY = seriesKey(SERIES.ref);

const points = (from: number, count: number, value: () => number): MetricSeries => ({
  ...SERIES,
  points: Array.from({ length: count }, (_, index) => ({ timestampMs: from + index * MINUTE, value: value() })),
});

/** A day of calm in the store; the engine has seen it. Returns the next minute. */
async function warm(store: Store, engine: DetectionEngine): Promise<number> {
  const random = noise(1);
  await store.metrics.append([points(MONDAY_MS, 1440, () => 100 + 5 * random())]);
  const now = MONDAY_MS + 1440 * MINUTE;
  expect((await engine.run(now)).anomalies).toEqual([]);
  return now;
}

const KINDS: readonly (readonly [string, (store: Store, path: string, options?: DetectionOptions) => DetectionEngine])[] = [
  ['in this thread', (store, _path, options) => createDetectionEngine(store, options)],
  ['in a worker', (_store, path, options) => createWorkerEngine(path, options)],
];

describe.each(KINDS)('detection over the store, %s', (_name, make) => {
  test('old points only teach; trouble is found, goes on under its id, and ends', async () => {
    const place = storePlace();
    const store = await place.open();
    const engine = make(store, place.path);
    const now = await warm(store, engine);
    await store.metrics.append([points(now, 3, () => 900)]);
    const first = await engine.run(now + 3 * MINUTE);
    expect(first.points).toBe(3);
    expect(first.anomalies).toHaveLength(1);
    expect(first.anomalies[0]).toMatchObject({ key: KEY, resourceId: 'ecs/checkout', direction: 'up', endedAtMs: null, startedAtMs: now });
    expect(await store.anomalies.unassigned(10)).toHaveLength(1);
    await store.metrics.append([points(now + 3 * MINUTE, 10, () => 101)]);
    const second = await engine.run(now + 13 * MINUTE);
    expect(second.anomalies.map(({ id }) => id)).toEqual(first.anomalies.map(({ id }) => id));
    expect(second.anomalies[0]?.endedAtMs).not.toBeNull();
    expect(await store.anomalies.live(10)).toEqual([]);
    await engine.close();
  });

  test('nothing new means nothing read, and nothing is read twice', async () => {
    const place = storePlace();
    const store = await place.open();
    const engine = make(store, place.path, { batchPoints: 100 });
    const now = await warm(store, engine);
    expect(await engine.run(now + MINUTE)).toEqual({ anomalies: [], points: 0 });
    await engine.close();
  });

  test('after a restart it goes on with what it had learned, and with the same episode', async () => {
    const place = storePlace();
    const store = await place.open();
    const before = make(store, place.path);
    const now = await warm(store, before);
    await store.metrics.append([points(now, 3, () => 900)]);
    const opened = await before.run(now + 3 * MINUTE);
    await before.close();
    const after = make(store, place.path);
    await store.metrics.append([points(now + 3 * MINUTE, 2, () => 950)]);
    const found = await after.run(now + 5 * MINUTE);
    expect(found.anomalies.map(({ id }) => id)).toEqual(opened.anomalies.map(({ id }) => id));
    await after.close();
  });

  test('thresholds of the config and the sensitivity of a metric count', async () => {
    const place = storePlace();
    const store = await place.open();
    const engine = make(store, place.path, { thresholds: [{ metric: 'Test/latency', above: 120, for_min: 2 }] });
    const now = await warm(store, engine);
    await store.detector.setSensitivity(KEY, 0.1, { actor: system('test'), verb: 'sensitivity.changed', subject: KEY, detail: {} });
    await store.metrics.append([points(now, 4, () => 125)]);
    expect((await engine.run(now + 4 * MINUTE)).anomalies).toEqual([]);
    await store.detector.setSensitivity(KEY, 1, { actor: system('test'), verb: 'sensitivity.changed', subject: KEY, detail: {} });
    await store.metrics.append([points(now + 4 * MINUTE, 2, () => 125)]);
    expect((await engine.run(now + 6 * MINUTE)).anomalies[0]).toMatchObject({ method: 'threshold' });
    await engine.close();
  });
});

describe('when saving fails', () => {
  test('the same points are looked at again, and say the same', async () => {
    const place = storePlace();
    const store = await place.open();
    let broken = false;
    const fragile: Store = {
      ...store,
      transaction: (work) => (broken ? Promise.reject(new OpsError('unavailable', 'The database is locked.')) : store.transaction(work)),
    };
    const engine = createDetectionEngine(fragile);
    const now = await warm(store, engine);
    await store.metrics.append([points(now, 3, () => 900)]);
    broken = true;
    await expect(engine.run(now + 3 * MINUTE)).rejects.toThrow('The database is locked.');
    expect(await store.anomalies.live(10)).toEqual([]);
    broken = false;
    const found = await engine.run(now + 3 * MINUTE);
    expect(found.points).toBe(3);
    expect(found.anomalies).toHaveLength(1);
  });

  test('runs asked for at once follow one another', async () => {
    const place = storePlace();
    const store = await place.open();
    const engine = createDetectionEngine(store);
    const now = await warm(store, engine);
    await store.metrics.append([points(now, 3, () => 900)]);
    const [one, two] = await Promise.all([engine.run(now + 3 * MINUTE), engine.run(now + 3 * MINUTE)]);
    expect([one.points, two.points]).toEqual([3, 0]);
  });
});

describe('the worker', () => {
  test('an error in it comes back as it was thrown', async () => {
    const place = storePlace();
    const engine = createWorkerEngine(`${place.path}/not-a-folder/x.db`);
    await place.open();
    await expect(engine.run(MONDAY_MS)).rejects.toBeInstanceOf(OpsError);
    await engine.close();
  });

  test('silence after the last tick is found without new points', async () => {
    const place = storePlace();
    const store = await place.open();
    const engine = createWorkerEngine(place.path);
    const now = await warm(store, engine);
    const others = ['a', 'b', 'c'].map((name) => ({ ...metric('Test', name), points: [{ timestampMs: now + HOUR, value: 1 }] }));
    await store.metrics.append(others);
    const { anomalies } = await engine.run(now + HOUR);
    expect(anomalies).toHaveLength(1);
    expect(anomalies[0]).toMatchObject({ direction: 'missing', key: KEY });
    await engine.close();
  });
});
