import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Detector } from '../../src/detect/detector.ts';
import { COLD_BYTES, HOT_BYTES } from '../../src/detect/pool.ts';
import type { Anomaly } from '../../src/domain/anomaly.ts';
import { seriesKey } from '../../src/domain/metric.ts';
import { HOUR, MINUTE, MONDAY_MS, metric, noise, Timeline } from './timeline.ts';

const SERIES = metric('Test', 'requests');
const KEY = seriesKey(SERIES.ref);
const statesOf = (detector: Detector): Map<string, Uint8Array> => {
  const states = new Map<string, Uint8Array>();
  for (const portion of detector.takeStates()) for (const [key, bytes] of portion) states.set(key, bytes.slice());
  return states;
};

describe('points as they really come', () => {
  test('a repeated, late, future or empty point changes nothing', () => {
    const random = noise(1);
    const points = Array.from({ length: 600 }, (_, index) => ({ timestampMs: MONDAY_MS + index * MINUTE, value: 100 + 5 * random() }));
    const now = MONDAY_MS + 600 * MINUTE;
    const plain = new Detector();
    const messy = new Detector();
    for (const [index, point] of points.entries()) {
      plain.observe({ ...SERIES, points: [point] }, now);
      messy.observe({ ...SERIES, points: [point, point] }, now);
      if (index % 7 === 0) messy.observe({ ...SERIES, points: [{ timestampMs: point.timestampMs - 2 * MINUTE, value: 9e9 }] }, now);
      if (index % 11 === 0) messy.observe({ ...SERIES, points: [{ timestampMs: now + 2 * HOUR, value: 9e9 }] }, now);
      if (index % 13 === 0) messy.observe({ ...SERIES, points: [{ timestampMs: point.timestampMs + 1, value: Number.NaN }] }, now);
    }
    const level = (detector: Detector): number | undefined =>
      new Float64Array(
        statesOf(detector)
          .get(seriesKey(SERIES.ref))
          ?.slice(8, 8 + 56 * 8).buffer ?? new ArrayBuffer(0),
      )[5];
    expect(level(messy)).toBe(level(plain));
  });

  test('whatever comes, severities stay within 0 and 1 and the state keeps its size', () => {
    const value = fc.oneof(fc.double({ min: -1e12, max: 1e12, noNaN: true }), fc.constantFrom(0, 1, 100, Number.NaN, Number.POSITIVE_INFINITY, 1e300, -1e300));
    const gap = fc.oneof({ weight: 8, arbitrary: fc.constant(MINUTE) }, fc.integer({ min: -HOUR, max: 48 * HOUR }));
    fc.assert(
      fc.property(fc.array(fc.tuple(gap, value), { minLength: 1, maxLength: 150 }), (steps) => {
        const detector = new Detector({ thresholds: [{ metric: 'Test/*', above: 90, for_min: 3 }] });
        let now = MONDAY_MS;
        for (const [step, value] of steps) {
          now += step;
          const found = [...detector.observe({ ...SERIES, points: [{ timestampMs: now, value }] }, now), ...detector.relate(now), ...detector.sweep(now)];
          for (const { severity, explanation } of found) {
            expect(severity).toBeGreaterThanOrEqual(0);
            expect(severity).toBeLessThanOrEqual(1);
            expect(explanation.text).not.toMatch(/NaN|undefined|\{/);
          }
        }
        for (const state of statesOf(detector).values()) expect(state.length).toBeLessThanOrEqual(4096);
        expect(HOT_BYTES + COLD_BYTES).toBeLessThanOrEqual(4096);
      }),
      { numRuns: 60 },
    );
  });

  test('after a restart with its state it says the same', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 31 }), fc.integer({ min: 1, max: 400 }), (seed, cut) => {
        const random = noise(seed);
        const points = Array.from({ length: 420 }, (_, index) => ({
          timestampMs: MONDAY_MS + index * MINUTE,
          value: random() > 0.97 ? 900 : 100 + 10 * random(),
        }));
        const one = new Detector();
        let two = new Detector();
        const told = new Map<string, Anomaly>();
        for (const [index, point] of points.entries()) {
          const now = point.timestampMs;
          const expected = one.observe({ ...SERIES, points: [point] }, now);
          if (index === cut)
            two = new Detector(
              {},
              statesOf(two),
              [...told.values()].filter((anomaly) => anomaly.endedAtMs === null),
            );
          expect(two.observe({ ...SERIES, points: [point] }, now)).toEqual(expected);
          for (const anomaly of expected) told.set(anomaly.id, anomaly);
        }
        expect(statesOf(two).get(KEY)).toEqual(statesOf(one).get(KEY));
      }),
      { numRuns: 25 },
    );
  });

  test('a saved state of another version is left alone and learning starts anew', () => {
    const states = new Map([[KEY, new Uint8Array(HOT_BYTES).fill(250)]]);
    const detector = new Detector({}, states);
    expect(detector.observe({ ...SERIES, points: [{ timestampMs: MONDAY_MS, value: 5 }] }, MONDAY_MS)).toEqual([]);
  });

  test('a counter that starts again from zero is no anomaly', () => {
    const random = noise(3);
    const line = new Timeline(metric('Test', 'bytes_total'));
    let counter = 0;
    line.run(2000, () => {
      counter += 50 + 20 * random();
      return counter;
    });
    counter = 0;
    line.run(300, () => {
      counter += 50 + 20 * random();
      return counter;
    });
    expect(line.all).toHaveLength(0);
  });

  test('a metric that comes in another unit is learned anew, without an alarm', () => {
    const random = noise(4);
    const line = new Timeline(metric('Test', 'latency', 'ecs/checkout', 'Seconds'));
    line.run(1440, () => 0.2 + 0.02 * random());
    for (let minute = 0; minute < 120; minute += 1) {
      line.now += MINUTE;
      line.take(line.detector.observe({ ...line.series, unit: 'Milliseconds', points: [{ timestampMs: line.now, value: 200 + 20 * random() }] }, line.now));
    }
    expect(line.all).toHaveLength(0);
  });

  test('when the clock was set back, points are heard again after a while', () => {
    const random = noise(5);
    const line = new Timeline();
    line.run(600, () => 100 + 5 * random());
    line.now -= 10 * HOUR;
    line.run(60, () => 100 + 5 * random()).run(10, () => 900);
    expect(line.live).toHaveLength(1);
  });

  test('irregular points of a steady metric do not page', () => {
    const random = noise(6);
    const line = new Timeline();
    line.run(3000, () => (random() > 0.2 ? 100 + 5 * random() : undefined));
    expect(line.all).toHaveLength(0);
  });

  test('at first sight old points only teach', () => {
    const random = noise(7);
    const now = MONDAY_MS + 24 * HOUR;
    const points = Array.from({ length: 1440 }, (_, index) => ({
      timestampMs: MONDAY_MS + index * MINUTE,
      value: index > 600 && index < 660 ? 900 : 100 + 5 * random(),
    }));
    const detector = new Detector();
    expect(detector.observe({ ...SERIES, points }, now)).toEqual([]);
    const trouble = Array.from({ length: 5 }, (_, index) => ({ timestampMs: now + index * MINUTE, value: 2000 }));
    expect(detector.observe({ ...SERIES, points: trouble }, now + 5 * MINUTE)).toHaveLength(1);
  });
});
