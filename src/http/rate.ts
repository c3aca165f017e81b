/** A token bucket for each caller: a minute's worth at once, refilled evenly. */
export class RateLimit {
  readonly #perMin: number;
  readonly #buckets = new Map<string, { left: number; atMs: number }>();

  constructor(perMin: number) {
    this.#perMin = perMin;
  }

  /** 0: go ahead; otherwise how many milliseconds to wait. */
  take(caller: string, nowMs: number): number {
    const known = this.#buckets.get(caller);
    const refilled = known === undefined ? this.#perMin : known.left + (Math.max(0, nowMs - known.atMs) / 60_000) * this.#perMin;
    const left = Math.min(this.#perMin, refilled);
    this.#buckets.delete(caller); // so that the map is ordered by last use
    if (this.#buckets.size >= CALLERS_MAX) this.#forgetOldest();
    this.#buckets.set(caller, { left: left >= 1 ? left - 1 : left, atMs: nowMs });
    return left >= 1 ? 0 : Math.ceil(((1 - left) / this.#perMin) * 60_000);
  }

  #forgetOldest(): void {
    const [oldest] = this.#buckets.keys();
    if (oldest !== undefined) this.#buckets.delete(oldest);
  }
}

const CALLERS_MAX = 10_000;
