import { describe, expect, it } from 'vitest';
import { verify } from '../../src/action/verify.ts';
import { seriesKey } from '../../src/domain/metric.ts';
import { anomaly, cpuOf, MINUTE, plan, series, T0 } from '../support/make.ts';

const ran = plan({ state: 'verifying', executedAtMs: T0, verifyAfterMs: T0 + 2 * MINUTE, verifyUntilMs: T0 + 15 * MINUTE });
const at = (minutes: number, values: readonly number[], anomalies = [anomaly('ecs/checkout')]) =>
  verify(ran, anomalies, new Map([[seriesKey(cpuOf('ecs/checkout')), series('ecs/checkout', values)]]), T0 + minutes * MINUTE).kind;

describe('verification', () => {
  it('waits while the action settles, even when all looks well', () => {
    expect(at(1, [20])).toBe('settling');
  });

  it('calls it healed once the metric is back in the range expected before', () => {
    expect(at(3, [95, 40, 30])).toBe('healed');
    expect(at(3, [95, 96, 30])).toBe('waiting');
  });

  it('calls it healed once detection ended the anomaly', () => {
    expect(at(3, [], [anomaly('ecs/checkout', { endedAtMs: T0 + 2 * MINUTE })])).toBe('healed');
  });

  it('gives up when the time is over', () => {
    expect(at(15, [95, 96, 97])).toBe('not_healed');
  });

  it('is not convinced by missing data', () => {
    expect(at(5, [])).toBe('waiting');
    expect(at(15, [])).toBe('not_healed');
  });

  it('does not call healed what had nothing to look at', () => {
    expect(at(15, [], [])).toBe('not_healed');
  });
});

describe('the direction of what was wrong', () => {
  it('what was too high is over once it is down, even under what was usual', () => {
    expect(at(3, [95, 2, 1])).toBe('healed');
    expect(at(3, [95, 60, 70])).toBe('waiting');
  });

  it('what was too low is over once it is up, even over what was usual', () => {
    const low = [anomaly('ecs/checkout', { direction: 'down', value: 1 })];
    expect(at(3, [1, 90, 95], low)).toBe('healed');
    expect(at(3, [1, 2, 3], low)).toBe('waiting');
  });

  it('what stood still has to be within both bounds', () => {
    const flat = [anomaly('ecs/checkout', { direction: 'flat' })];
    expect(at(3, [30, 31, 32], flat)).toBe('healed');
    expect(at(3, [30, 90, 95], flat)).toBe('waiting');
  });
});
