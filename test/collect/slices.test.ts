import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hourSlices } from '../../src/collect/slices.ts';
import { MINUTE, series, T0 } from '../support/make.ts';

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
