import type { Clock } from '../domain/ports.ts';

interface SandboxClockOptions {
  readonly speed?: number; // simulated milliseconds in one real millisecond; default 1
  readonly startMs?: number; // what the clock shows at `realStartMs`; default that very moment
  readonly realStartMs?: number; // keep it beside the account's state to go on with the same clock after a restart
}

/** A clock that runs `speed` times as fast as the wall clock and may start at any time. Epoch milliseconds. */
export class SandboxClock implements Clock {
  readonly speed: number;
  readonly startMs: number;
  readonly realStartMs: number;

  constructor(options: SandboxClockOptions = {}) {
    this.realStartMs = options.realStartMs ?? Date.now();
    this.startMs = options.startMs ?? this.realStartMs;
    this.speed = options.speed ?? 1;
    if (!(this.speed > 0 && this.speed <= 100_000)) throw new RangeError(`A clock's speed is over 0 and at most 100000, not ${this.speed}.`);
  }

  now(): number {
    return Math.floor(this.startMs + (Date.now() - this.realStartMs) * this.speed);
  }
}

/** A clock that moves only when told to: for tests and for runs that go as fast as they can. */
export class ManualClock implements Clock {
  #nowMs: number;

  constructor(startMs: number) {
    this.#nowMs = startMs;
  }

  now(): number {
    return this.#nowMs;
  }

  advance(ms: number): void {
    if (!(ms >= 0)) throw new RangeError(`Time goes forward only, not by ${ms} ms.`);
    this.#nowMs += ms;
  }
}
