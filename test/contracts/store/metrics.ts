import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type MetricSeries, seriesKey } from '../../../src/domain/metric.ts';
import { MINUTE, minutes, NOON, series } from './drafts.ts';
import type { Place } from './place.ts';

const ALL = { fromMs: 0, toMs: NOON * 2 };
const keyOf = (one: MetricSeries): string => seriesKey(one.ref);

export function metricContract(make: () => Place): void {
  describe('metrics', () => {
    it('gives back points in the window, after its start and up to its end', async () => {
      const { metrics } = await make().open();
      const cpu = series('CPUUtilization', minutes(NOON, 1, 2, 3, 4));
      expect(await metrics.append([cpu])).toBe(4);
      const [found] = await metrics.range([keyOf(cpu)], { fromMs: NOON, toMs: NOON + 2 * MINUTE });
      expect(found).toEqual({ ...cpu, points: minutes(NOON + MINUTE, 2, 3) });
    });

    it('leaves out series it does not know and series without points in the window', async () => {
      const { metrics } = await make().open();
      const cpu = series('CPUUtilization', minutes(NOON, 1));
      await metrics.append([cpu, series('NetworkIn', [])]);
      expect(await metrics.range([keyOf(cpu), 'no/such{}:Average'], { fromMs: NOON, toMs: NOON + MINUTE })).toEqual([]);
      expect((await metrics.describe()).map((each) => each.ref.name)).toEqual(['CPUUtilization', 'NetworkIn']);
      expect(await metrics.count()).toBe(2);
    });

    it('keeps the value of a point that is there, files late ones in order and counts only new ones', async () => {
      const { metrics } = await make().open();
      await metrics.append([series('CPUUtilization', minutes(NOON, 1, 2))]);
      const late = series('CPUUtilization', [{ timestampMs: NOON - 40 * MINUTE, value: 9 }, ...minutes(NOON, 50, 60, 3)]);
      expect(await metrics.append([late])).toBe(2);
      const [found] = await metrics.range([keyOf(late)], ALL);
      expect(found?.points.map((point) => point.value)).toEqual([9, 1, 2, 3]);
    });

    it('passes over NaN and Infinity', async () => {
      const { metrics } = await make().open();
      const cpu = series('CPUUtilization', minutes(NOON, Number.NaN, Number.POSITIVE_INFINITY, 7, Number.NEGATIVE_INFINITY));
      expect(await metrics.append([cpu])).toBe(1);
      expect((await metrics.range([keyOf(cpu)], ALL))[0]?.points).toEqual([{ timestampMs: NOON + 2 * MINUTE, value: 7 }]);
    });

    it('describes a series as it was last seen', async () => {
      const { metrics } = await make().open();
      await metrics.append([series('CPUUtilization', minutes(NOON, 1))]);
      await metrics.append([series('CPUUtilization', [], { unit: 'Count', periodMs: 5 * MINUTE, resourceId: 'ec2/other' })]);
      expect(await metrics.describe()).toMatchObject([{ unit: 'Count', periodMs: 5 * MINUTE, resourceId: 'ec2/other' }]);
    });

    it('hands out every appended point once, however the reader slices, late points and other connections included', async () => {
      const batch = fc.array(fc.record({ name: fc.constantFrom('a', 'b', 'c'), minute: fc.integer({ min: -50, max: 50 }) }), { maxLength: 12 });
      await fc.assert(
        fc.asyncProperty(fc.array(fc.tuple(batch, fc.integer({ min: 1, max: 7 })), { minLength: 1, maxLength: 6 }), async (rounds) => {
          const place = make();
          const [writer, reader] = [await place.open(), await place.open()];
          const sent = new Set<string>();
          const got: string[] = [];
          let sequence = 0;
          const readOnce = async (limit: number): Promise<number> => {
            const next = await reader.metrics.appendedSince(sequence, limit);
            sequence = next.sequence;
            const points = next.series.flatMap((each) => each.points.map((point) => `${each.ref.name}@${point.timestampMs}`));
            got.push(...points);
            return points.length;
          };
          for (const [points, limit] of rounds) {
            const list = points.map((point) => series(point.name, [{ timestampMs: NOON + point.minute * MINUTE, value: 1 }]));
            await writer.metrics.append(list);
            for (const each of list) sent.add(`${each.ref.name}@${each.points[0]?.timestampMs}`);
            await readOnce(limit);
          }
          while ((await readOnce(5)) > 0);
          expect(got.toSorted()).toEqual([...sent].sort());
        }),
        { numRuns: 15 },
      );
    });

    it('gives points of one series ascending, and stays where it was when nothing is new', async () => {
      const { metrics } = await make().open();
      await metrics.append([series('CPUUtilization', minutes(NOON, 1, 2))]);
      await metrics.append([series('CPUUtilization', minutes(NOON - 2 * MINUTE, 8, 9))]);
      const { series: found, sequence } = await metrics.appendedSince(0, 100);
      expect(found[0]?.points.map((point) => point.value)).toEqual([8, 9, 1, 2]);
      expect(await metrics.appendedSince(sequence, 100)).toEqual({ series: [], sequence });
    });

    it('prunes what is older and never gives a sequence twice', async () => {
      const { metrics } = await make().open();
      await metrics.append([series('CPUUtilization', minutes(NOON, 1, 2, 3))]);
      const before = await metrics.appendedSince(0, 100);
      expect(await metrics.prune(NOON + 2 * MINUTE)).toBe(2);
      expect(await metrics.prune(NOON * 2)).toBe(1);
      expect(await metrics.appendedSince(0, 100)).toEqual({ series: [], sequence: 0 });
      await metrics.append([series('CPUUtilization', minutes(NOON, 4))]);
      expect((await metrics.appendedSince(before.sequence, 100)).series[0]?.points).toEqual(minutes(NOON, 4));
    });
  });

  describe('detector state', () => {
    it('gives back the very bytes that were saved last', async () => {
      const { detector } = await make().open();
      await detector.save(
        new Map([
          ['a', new Uint8Array([1, 2])],
          ['b', new Uint8Array()],
        ]),
      );
      await detector.save(new Map([['a', new Uint8Array([0, 255, 7])]]));
      expect(await detector.load()).toEqual(
        new Map([
          ['a', new Uint8Array([0, 255, 7])],
          ['b', new Uint8Array()],
        ]),
      );
    });

    it('keeps a sensitivity within bounds, with an audit row at the time of the clock', async () => {
      const { detector, audit } = await make().open({ clock: { now: () => NOON } });
      const row = { actor: { type: 'user', userId: 'U1' }, verb: 'sensitivity.changed', subject: 'a', detail: { factor: 0.5 } } as const;
      await detector.setSensitivity('a', 0.5, row);
      await expect(detector.setSensitivity('a', 0.05, row)).rejects.toMatchObject({ code: 'invalid_input' });
      await expect(detector.setSensitivity('a', Number.NaN, row)).rejects.toMatchObject({ code: 'invalid_input' });
      expect(await detector.sensitivities()).toEqual(new Map([['a', 0.5]]));
      expect(await audit.list({ limit: 10 })).toMatchObject([{ ...row, atMs: NOON }]);
    });
  });
}
