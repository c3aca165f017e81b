import { describe, expect, it } from 'vitest';
import { ManualClock, SandboxClock } from '../../src/sandbox/clock.ts';

describe('clocks of the sandbox', () => {
  it('runs as many times faster than the wall clock as it is told, from any start', () => {
    const hourAgo = Date.now() - 3_600_000;
    const clock = new SandboxClock({ speed: 60, startMs: 1_000_000, realStartMs: hourAgo });
    const hours = (clock.now() - 1_000_000) / 3_600_000;
    expect(hours).toBeGreaterThanOrEqual(60);
    expect(hours).toBeLessThan(60.1);
  });

  it('is the wall clock when nothing is said', () => {
    expect(Math.abs(new SandboxClock().now() - Date.now())).toBeLessThan(50);
  });

  it('refuses to stand still or to run backwards', () => {
    expect(() => new SandboxClock({ speed: 0 })).toThrow(RangeError);
    expect(() => new ManualClock(0).advance(-1)).toThrow(RangeError);
  });

  it('moves by hand, and only then', () => {
    const clock = new ManualClock(5);
    clock.advance(10);
    expect(clock.now()).toBe(15);
  });
});
