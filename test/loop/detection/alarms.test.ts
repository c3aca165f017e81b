import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Anomaly } from '../../../src/domain/anomaly.ts';
import type { Alarm } from '../../../src/domain/signals.ts';
import { alarmEpisodes, resourceFinder } from '../../../src/loop/detection/alarms.ts';
import { MINUTE, T0 } from '../../support/make.ts';

const alarm = (minute: number, state: Alarm['state'], over: Partial<Alarm> = {}): Alarm => ({
  id: `${minute}-${state}-${over.name ?? ''}`,
  name: 'cpu-high',
  state,
  timestampMs: T0 + minute * MINUTE,
  resourceId: 'ec2/web',
  metric: null,
  reason: 'over 90 for 3 minutes',
  ...over,
});
const nothing = { live: new Map<string, Anomaly>(), endedAtMs: new Map<string, number>() };
const itself = (one: Alarm): string => one.resourceId ?? '-';
const known = (anomalies: readonly Anomaly[]) => ({
  live: new Map(anomalies.filter((one) => one.endedAtMs === null).map((one) => [one.key, one])),
  endedAtMs: new Map(anomalies.flatMap((one) => (one.endedAtMs === null ? [] : [[one.key, one.endedAtMs] as const]))),
});

describe('alarms as anomalies', () => {
  it('begin with alarm and end with ok', () => {
    const begun = alarmEpisodes([alarm(0, 'alarm')], nothing, itself);
    expect(begun).toMatchObject([{ method: 'alarm', key: 'alarm:cpu-high@ec2/web', resourceId: 'ec2/web', startedAtMs: T0, endedAtMs: null, severity: 0.8 }]);
    expect(begun[0]?.explanation.text).toBe('The alarm cpu-high went off: over 90 for 3 minutes');
    const ended = alarmEpisodes([alarm(9, 'ok')], known(begun), itself);
    expect(ended).toMatchObject([{ id: begun[0]?.id, startedAtMs: T0, endedAtMs: T0 + 9 * MINUTE }]);
    expect(alarmEpisodes([alarm(20, 'alarm')], known(ended), itself)[0]?.id).not.toBe(begun[0]?.id);
  });

  it('go on when the alarm is repeated, and grow with it', () => {
    const begun = alarmEpisodes([alarm(0, 'alarm', { severity: 0.5 })], nothing, itself);
    const on = alarmEpisodes([alarm(5, 'alarm', { severity: 0.9, reason: 'still' })], known(begun), itself);
    expect(on).toMatchObject([{ id: begun[0]?.id, startedAtMs: T0, lastSeenAtMs: T0 + 5 * MINUTE, severity: 0.9 }]);
  });

  it('are not begun again by an alarm that comes late, nor ended by an old ok, nor touched by missing data', () => {
    const ended = alarmEpisodes([alarm(0, 'alarm'), alarm(9, 'ok')], nothing, itself);
    expect(alarmEpisodes([alarm(3, 'alarm')], known(ended), itself)).toEqual([]);
    const again = alarmEpisodes([alarm(20, 'alarm')], known(ended), itself);
    expect(alarmEpisodes([alarm(10, 'ok'), alarm(30, 'insufficient_data')], known(again), itself)).toEqual([]);
    expect(alarmEpisodes([alarm(0, 'ok')], nothing, itself)).toEqual([]);
  });

  it('of one name on two resources are two', () => {
    const two = alarmEpisodes([alarm(0, 'alarm'), alarm(0, 'alarm', { resourceId: 'ec2/api' })], nothing, itself);
    expect(two).toHaveLength(2);
    expect(alarmEpisodes([alarm(1, 'ok')], known(two), itself)).toMatchObject([{ resourceId: 'ec2/web', endedAtMs: T0 + MINUTE }]);
  });

  it('come out the same whatever order a batch is in', () => {
    const states = fc.array(
      fc.record({ minute: fc.integer({ min: 0, max: 50 }), state: fc.constantFrom<Alarm['state']>('alarm', 'ok', 'insufficient_data') }),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(states, (changes) => {
        const alarms = [...new Map(changes.map(({ minute, state }) => [minute, alarm(minute, state)])).values()];
        const sorted = alarmEpisodes(alarms, nothing, itself);
        expect(alarmEpisodes(alarms.toReversed(), nothing, itself)).toEqual(sorted);
        expect(sorted.filter((one) => one.endedAtMs === null).length).toBeLessThanOrEqual(1);
        const last = alarms.filter((one) => one.state !== 'insufficient_data').toSorted((a, b) => b.timestampMs - a.timestampMs)[0];
        expect(sorted.some((one) => one.endedAtMs === null)).toBe(last?.state === 'alarm');
      }),
    );
  });
});

describe('the resource of an alarm', () => {
  const resource = (id: string, name: string) => ({ id, kind: 'ec2', name, service: null, environment: null, zone: null, tags: {} });
  const ref = { namespace: 'AWS/RDS', name: 'CPUUtilization', dimensions: { DBInstanceIdentifier: 'shop' }, stat: 'Average' };
  const find = resourceFinder(
    [resource('ec2/web', 'web'), resource('ec2/one', 'twin'), resource('ec2/two', 'twin')],
    [{ key: 'k', ref, resourceId: 'rds/shop', unit: 'Percent', periodMs: MINUTE }],
  );
  const about = (over: Partial<Alarm>) => find(alarm(0, 'alarm', { resourceId: null, ...over }));

  it('is the one it names, by id or by a name that only one has', () => {
    expect(about({ resourceId: 'ec2/web' })).toBe('ec2/web');
    expect(about({ resourceId: 'web' })).toBe('ec2/web');
    expect(about({ resourceId: 'twin' })).toBe('twin');
  });

  it('is the one whose metric it watches, or whose name is among its dimensions', () => {
    expect(about({ metric: { ...ref, stat: 'p99' } })).toBe('rds/shop');
    expect(about({ metric: { ...ref, name: 'Other', dimensions: { Host: 'web' } } })).toBe('ec2/web');
  });

  it('is the alarm itself when nothing fits', () => expect(about({ metric: { ...ref, dimensions: {} } })).toBe('alarm/cpu-high'));
});
