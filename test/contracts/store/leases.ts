import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { seriesKey } from '../../../src/domain/metric.ts';
import { SHARDS, shardOf } from '../../../src/domain/replica.ts';
import type { Place } from './place.ts';

export function leaseContract(make: () => Place): void {
  it('gives a lease to one living replica at a time, over two connections, under a token that rises with every change of hands', async () => {
    const place = make();
    const [one, other] = [(await place.open()).leases, (await place.open()).leases];
    await one.beat('a', '{}');
    await other.beat('b', '{}');
    const tries = await Promise.all(Array.from({ length: 8 }, (_, n) => (n % 2 === 0 ? one : other).take('shard:00', n % 2 === 0 ? 'a' : 'b', 60_000)));
    const winners = tries.filter((lease) => lease !== null);
    expect(winners).toHaveLength(4); // the same holder each time
    expect(new Set(winners.map((lease) => lease.token))).toEqual(new Set([1]));
    const holder = (await one.list('shard:'))[0]?.holder ?? '';
    await one.release('shard:00', holder);
    expect(await other.list('shard:')).toEqual([{ name: 'shard:00', holder: null, token: 1 }]);
    expect(await other.take('shard:00', 'b', 60_000)).toEqual({ name: 'shard:00', token: 2 });
    expect(await one.seize('shard:00', 'a')).toEqual({ name: 'shard:00', token: 3 });
    expect(await one.list('leader')).toEqual([]);
  });

  it('gives away what somebody had who was not heard of in time or who left, by the database\u2019s clock', async () => {
    const place = make();
    const slow = { now: () => Date.now() - 120_000 };
    const [{ leases: one }, { leases: other }] = [await place.open({ clock: slow }), await place.open({ clock: { now: () => Date.now() + 120_000 } })];
    const told = await one.beat('a', '{"host":"m1"}');
    expect(Math.abs(told - Date.now())).toBeLessThan(5000);
    await other.beat('b', '{}');
    await one.take('plan:PLAN-1', 'a', 60_000);
    expect(await other.take('plan:PLAN-1', 'b', 60_000)).toBeNull();
    await sleep(60);
    await other.beat('b', '{}');
    expect((await other.living(50)).map((living) => living.id)).toEqual(['b']);
    expect(await other.take('plan:PLAN-1', 'b', 50)).toEqual({ name: 'plan:PLAN-1', token: 2 });
    await other.leave('b');
    expect((await one.living(60_000)).map(({ id, info }) => ({ id, info }))).toEqual([{ id: 'a', info: '{"host":"m1"}' }]);
    expect(await one.list('plan:')).toEqual([{ name: 'plan:PLAN-1', holder: null, token: 2 }]);
  });

  it('refuses a change by somebody whose lease has gone to another, and writes nothing of it', async () => {
    const place = make();
    const [one, other] = [await place.open(), await place.open()];
    const held = await one.leases.seize('leader', 'a');
    await one.transaction(async (tx) => {
      await tx.leases.hold([held]);
      await tx.watermarks.set('tick', 1);
    });
    await other.leases.seize('leader', 'b');
    const late = one.transaction(async (tx) => {
      await tx.watermarks.set('tick', 2);
      await tx.leases.hold([held]);
    });
    await expect(late).rejects.toMatchObject({ code: 'conflict' });
    expect(await other.watermarks.get('tick')).toBe(1);
    await expect(one.transaction((tx) => tx.leases.hold([{ name: 'nothing', token: 1 }]))).rejects.toMatchObject({ code: 'conflict' });
  });

  it('gives the points and detector states of some shards only, and says how far it looked', async () => {
    const { metrics, detector } = await make().open();
    const hosts = Array.from({ length: 40 }, (_, n) => `ec2/h${n}`);
    const ref = (host: string) => ({ namespace: 'T', name: 'cpu', dimensions: { Host: host }, stat: 'Average' });
    const at = Date.UTC(2026, 0, 5);
    const series = hosts.map((host) => ({ ref: ref(host), resourceId: host, unit: 'None', periodMs: 60_000, points: [{ timestampMs: at, value: 1 }] }));
    await metrics.append(series);
    const states = hosts.flatMap((host) => [seriesKey(ref(host)), `${seriesKey(ref(host))}#hours`, `related:${host}`]);
    await detector.save(new Map(states.map((key) => [key, new Uint8Array([1, 2])])));
    const [mine, others] = [0, 1].map((odd) => Array.from({ length: SHARDS / 2 }, (_, n) => 2 * n + odd)) as [number[], number[]];
    const [a, b] = [await metrics.appendedSince(0, 1000, mine), await metrics.appendedSince(0, 1000, others)];
    expect(a.series.every((one) => mine.includes(shardOf(one.resourceId)))).toBe(true);
    expect([...a.series, ...b.series].map((one) => one.resourceId).toSorted()).toEqual(hosts.toSorted());
    expect([a.sequence, b.sequence]).toEqual([40, 40]);
    const cut = await metrics.appendedSince(0, 3, mine);
    const rest = await metrics.appendedSince(cut.sequence, 1000, mine);
    expect([...cut.series, ...rest.series].map((one) => one.resourceId).toSorted()).toEqual(a.series.map((one) => one.resourceId).toSorted());
    const own = await detector.load(mine);
    expect([...own.keys()].toSorted()).toEqual(
      a.series.flatMap((one) => [seriesKey(one.ref), `${seriesKey(one.ref)}#hours`, `related:${one.resourceId}`]).toSorted(),
    );
    expect(own.size + (await detector.load(others)).size).toBe(states.length);
    expect([...(own.values().next().value ?? [])]).toEqual([1, 2]);
  });

  it('gives each writer of a channel a place of its own, one after the other, over two connections', async () => {
    const place = make();
    const [one, other] = [(await place.open()).pace, (await place.open()).pace];
    const waits = (await Promise.all(Array.from({ length: 6 }, (_, n) => (n % 2 === 0 ? one : other).next('C1', 10_000)))).toSorted((a, b) => a - b);
    expect(waits[0]).toBe(0);
    for (let n = 1; n < waits.length; n += 1) expect((waits[n] ?? 0) - (waits[n - 1] ?? 0)).toBeGreaterThan(5000);
    expect(await one.next('C2', 1000)).toBe(0);
    await one.hold('C3', 20_000);
    expect(await other.next('C3', 1000)).toBeGreaterThan(15_000);
    await one.hold('C1', 1); // a shorter hold changes nothing
    expect(await other.next('C1', 1000)).toBeGreaterThan(50_000);
  });
}
