import { OpsError } from '../domain/errors.ts';
import type { Connection } from './connection.ts';
import { storeError } from './errors.ts';
import type { Session } from './session.ts';

/** The way in from inside a transaction. It ends with the work it runs, or when that work waits for something else for too long. */
export class TransactionSession implements Session {
  readonly #db: Connection;
  readonly #endsAt: number;
  readonly #stalled: Promise<never>;
  readonly #idle: NodeJS.Timeout;
  open = true;

  constructor(db: Connection, limits: { readonly idleMs: number; readonly transactionMs: number }) {
    this.#db = db;
    this.#endsAt = performance.now() + limits.transactionMs;
    const { promise, reject } = Promise.withResolvers<never>();
    this.#stalled = promise;
    this.#idle = setTimeout(() => reject(stalled()), limits.idleMs);
  }

  /** Runs the work; whatever comes of it, later calls on this session are refused. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    try {
      const result = await Promise.race([work(), this.#stalled]);
      if (!this.#db.raw.inTransaction) throw new OpsError('unavailable', 'The database gave up this change. Nothing was written.', 'Try again.');
      return result;
    } finally {
      this.open = false;
      clearTimeout(this.#idle);
    }
  }

  async read<T>(work: (db: Connection) => T): Promise<T> {
    return this.#call(() => work(this.#db));
  }

  async write<T>(work: (db: Connection) => T): Promise<T> {
    return this.#call(() => this.#db.nested(() => work(this.#db)));
  }

  #call<T>(work: () => T): T {
    if (!this.open) throw new OpsError('internal', 'This transaction is over.', 'Await every call of `tx` before the transaction returns.');
    if (performance.now() > this.#endsAt) throw stalled();
    this.#idle.refresh();
    try {
      return work();
    } catch (error) {
      throw storeError(error);
    }
  }
}

const stalled = (): OpsError =>
  new OpsError('unavailable', 'A change took too long and was taken back. Nothing was written.', 'Inside a transaction, await nothing but the store.');
