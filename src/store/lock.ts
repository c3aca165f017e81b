import { OpsError } from '../domain/errors.ts';

const WAITERS_MAX = 10_000;

/** One holder at a time, first come first served; waiting is bounded in time and number. */
export class Lock {
  readonly #waiting = new Set<() => void>();
  readonly #waitMs: number;
  #held = false;

  constructor(waitMs: number) {
    this.#waitMs = waitMs;
  }

  /** Resolves with the function that frees the lock. */
  async acquire(): Promise<() => void> {
    if (this.#held) await this.#queue();
    this.#held = true;
    return () => this.#free();
  }

  #queue(): Promise<void> {
    if (this.#waiting.size >= WAITERS_MAX) throw busy();
    return new Promise((resolve, reject) => {
      const turn = (): void => {
        clearTimeout(timer);
        resolve();
      };
      const timer = setTimeout(() => {
        this.#waiting.delete(turn);
        reject(busy());
      }, this.#waitMs);
      this.#waiting.add(turn);
    });
  }

  /** Stays held while it passes from hand to hand, so that nobody slips in between. */
  #free(): void {
    const [next] = this.#waiting;
    if (next === undefined) {
      this.#held = false;
      return;
    }
    this.#waiting.delete(next);
    next();
  }
}

const busy = (): OpsError => new OpsError('unavailable', 'The database is busy: too many changes are waiting.', 'Try again in a moment.');
