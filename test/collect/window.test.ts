import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { backoffMs, nextWindow } from '../../src/collect/window.ts';
import { MINUTE, T0 } from '../support/make.ts';

describe('what to read next of a source', () => {
  it('back-fills at first sight', () => {
    expect(nextWindow(null, T0, 60 * MINUTE)).toEqual({ fromMs: T0 - 60 * MINUTE, toMs: T0 });
  });

  it('reads a little again, since sources file points late', () => {
    expect(nextWindow(T0, T0 + MINUTE, 0)).toEqual({ fromMs: T0 - 5 * MINUTE, toMs: T0 + MINUTE });
  });

  it('reads nothing when the clock was set back', () => {
    expect(nextWindow(T0, T0 - MINUTE, 0)).toBeNull();
  });

  it('leaves no moment out, however long the stops between reads', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 48 * 3600_000 }), { maxLength: 30 }), (steps) => {
        let mark = T0;
        let now = T0;
        for (const step of steps) {
          now += step;
          const window = nextWindow(mark, now, 0);
          if (window === null) continue;
          expect(window.fromMs).toBeLessThanOrEqual(mark);
          expect(window.toMs).toBeGreaterThan(mark);
          mark = window.toMs;
        }
        for (let more = 0; more < 400 && mark < now; more += 1) mark = nextWindow(mark, now, 0)?.toMs ?? mark;
        expect(mark).toBe(now);
      }),
    );
  });

  it('leaves a failing source alone for longer and longer, up to ten minutes', () => {
    expect([1, 2, 3, 4, 5, 50].map(backoffMs)).toEqual([1, 2, 4, 8, 10, 10].map((minutes) => minutes * MINUTE));
  });
});
