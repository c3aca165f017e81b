import { OpsError } from '../domain/errors.ts';
import type { Session, Work } from './session.ts';

/** A transaction that has begun, of either engine. */
export interface Begun {
  read<T>(work: () => Work<T>): Promise<T> | T;
  /** All or nothing of the work, inside the transaction that goes on either way. */
  nested<T>(work: () => Work<T>): Promise<T> | T;
}

export interface TransactionLimits {
  readonly idleMs: number; // between two calls
  readonly transactionMs: number; // as a whole
}

/** The way in from inside a transaction. It ends with the work it runs, or when that work waits for something else for too long. */
export class TransactionSession implements Session {
  readonly #db: Begun;
  readonly #endsAt: number;
  readonly #stalled: Promise<never>;
  readonly #idle: NodeJS.Timeout;
  #calls = 0;
  open = true;

  constructor(db: Begun, limits: TransactionLimits) {
    this.#db = db;
    this.#endsAt = performance.now() + limits.transactionMs;
    const { promise, reject } = Promise.withResolvers<never>();
    this.#stalled = promise;
    this.#idle = setTimeout(() => (this.#calls > 0 ? this.#idle.refresh() : reject(stalled())), limits.idleMs);
  }

  /** Runs the work; whatever comes of it, later calls on this session are refused. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await Promise.race([work(), this.#stalled]);
    } finally {
      this.open = false;
      clearTimeout(this.#idle);
    }
  }

  read<T>(work: () => Work<T>): Promise<T> {
    return this.#call(() => this.#db.read(work));
  }

  snapshot<T>(work: () => Work<T>): Promise<T> {
    return this.#call(() => this.#db.read(work));
  }

  write<T>(work: () => Work<T>): Promise<T> {
    return this.#call(() => this.#db.nested(work));
  }

  beside<T>(work: () => Work<T>): Promise<T> {
    return this.#call(() => this.#db.nested(work));
  }

  async #call<T>(work: () => Promise<T> | T): Promise<T> {
    if (!this.open) throw new OpsError('internal', 'This transaction is over.', 'Await every call of `tx` before the transaction returns.');
    if (performance.now() > this.#endsAt) throw stalled();
    this.#calls += 1;
    try {
      return await work();
    } finally {
      this.#calls -= 1;
      if (this.open) this.#idle.refresh();
    }
  }
}

const stalled = (): OpsError =>
  new OpsError('unavailable', 'A change took too long and was taken back. Nothing was written.', 'Inside a transaction, await nothing but the store.');
