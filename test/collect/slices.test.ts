import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Collector } from '../../src/collect/collector.ts';
import { handfuls, hourSlices } from '../../src/collect/slices.ts';
import { MINUTE, series, T0 } from '../support/make.ts';
import { tempStore } from '../support/store.ts';

describe('a back-fill in slices of an hour', () => {
  it('keeps every point, in the order of time, with related series side by side', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 300 }), { minLength: 1, maxLength: 5 }), (lengths) => {
        const batch = lengths.map((length, index) =>
          series(
            `ecs/${index}`,
            Array.from({ length }, (_, at) => at),
            T0 + index * 17 * MINUTE,
          ),
        );
        const slices = hourSlices(batch);
        const hours = slices.map((slice) => slice.map((one) => Math.floor((one.points[0]?.timestampMs ?? 0) / 3_600_000)));
        for (const hour of hours) expect(new Set(hour).size).toBe(1);
        expect(hours.map(([hour]) => hour)).toEqual(hours.map(([hour]) => hour).toSorted((a, b) => (a ?? 0) - (b ?? 0)));
        for (const one of batch) {
          const together = slices
            .flat()
            .filter((part) => part.resourceId === one.resourceId)
            .flatMap((part) => part.points);
          expect(together).toEqual(one.points);
        }
      }),
    );
  });
});

describe('many points in handfuls', () => {
  it('are all filed, in their order, and no handful is much over its size', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 60 }), fc.integer({ min: 1, max: 100 }), (lengths, size) => {
        const batch = lengths.map((length, index) =>
          series(
            `ecs/${index}`,
            Array.from({ length }, (_, at) => at),
          ),
        );
        const parts = handfuls(batch, size);
        expect(parts.flat()).toEqual(batch);
        for (const part of parts) expect(part.slice(0, -1).reduce((sum, one) => sum + one.points.length, 0)).toBeLessThan(size);
      }),
    );
  });

  it('let the event loop go on in between, so that Slack is acknowledged while ten thousand series are filed', async () => {
    const store = await tempStore();
    const items = Array.from({ length: 10_000 }, (_, index) => series(`ecs/${index}`, [index]));
    const source = { name: 'many', read: async () => ({ items, completeUntilMs: T0 + MINUTE, gaps: [] }) };
    const collector = new Collector({ metrics: [source], logs: [], changes: [], alarms: [], topology: [] }, { backfillMs: MINUTE, timeoutMs: 10_000 });
    const turns = { n: 0, going: true };
    const turn = (): void => {
      turns.n += 1;
      if (turns.going) setImmediate(turn);
    };
    turn();
    expect((await collector.run(store, { now: () => T0 + 2 * MINUTE })).points).toBe(10_000);
    turns.going = false;
    expect(turns.n).toBeGreaterThan(10);
  });
});
