import type { Clock } from '../domain/ports.ts';

const SAME_MS = 250; // a difference that the way to the database explains

/** The clock of this machine, put right by the database's, so that replicas agree on the time however wrong their own is. */
export class DatabaseClock implements Clock {
  readonly #local: Clock;
  #aheadMs = 0;

  constructor(local: Clock) {
    this.#local = local;
  }

  now(): number {
    return this.#local.now() + this.#aheadMs;
  }

  /** What the local clock shows, uncorrected. */
  local(): number {
    return this.#local.now();
  }

  /** The database said this time between two moments of the local clock. */
  told(databaseMs: number, sentMs: number, heardMs: number): void {
    const aheadMs = Math.round(databaseMs - (sentMs + heardMs) / 2);
    if (Math.abs(aheadMs - this.#aheadMs) > SAME_MS) this.#aheadMs = aheadMs;
  }

  /** How far this machine's clock is behind the database's. */
  get behindMs(): number {
    return this.#aheadMs;
  }
}
