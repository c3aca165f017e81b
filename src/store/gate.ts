import { AsyncLocalStorage } from 'node:async_hooks';
import { OpsError } from '../domain/errors.ts';
import type { Connection } from './connection.ts';
import { storeError } from './errors.ts';
import { Lock } from './lock.ts';
import type { Session } from './session.ts';
import { TransactionSession } from './transaction.ts';

export interface StoreLimits {
  readonly lockWaitMs: number; // for another process or thread that writes
  readonly queueWaitMs: number; // for the writers of this store that came first
  readonly idleMs: number; // between two calls of a transaction
  readonly transactionMs: number; // for a transaction as a whole
}

/** The way in from outside a transaction: writers one at a time on one connection, readers on another that sees only what is committed. */
export class Gate implements Session {
  readonly #writer: Connection;
  readonly #reader: Connection;
  readonly #limits: StoreLimits;
  readonly #lock: Lock;
  readonly #current = new AsyncLocalStorage<TransactionSession>();
  #closed = false;

  constructor(writer: Connection, reader: Connection, limits: StoreLimits) {
    this.#writer = writer;
    this.#reader = reader;
    this.#limits = limits;
    this.#lock = new Lock(limits.queueWaitMs);
  }

  async read<T>(work: (db: Connection) => T): Promise<T> {
    this.#admit();
    try {
      return this.#reader.snapshot(() => work(this.#reader));
    } catch (error) {
      throw storeError(error);
    }
  }

  async write<T>(work: (db: Connection) => T): Promise<T> {
    this.#admit();
    return this.#exclusive(async () => work(this.#writer));
  }

  async transaction<T>(work: (session: Session) => Promise<T>): Promise<T> {
    this.#admit();
    return this.#exclusive(() => {
      const session = new TransactionSession(this.#writer, this.#limits);
      return session.run(() => this.#current.run(session, () => work(session)));
    });
  }

  /** Waits for the writers that came before. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    const free = await this.#lock.acquire();
    this.#reader.raw.close();
    this.#writer.raw.close();
    free();
  }

  /** A call on the store from inside a transaction would wait for itself, or read what the transaction has already changed. */
  #admit(): void {
    if (this.#closed) throw new OpsError('unavailable', 'The database is closed: opsloop is stopping.', 'Start opsloop again.');
    if (this.#current.getStore()?.open === true)
      throw new OpsError('internal', 'The store was called from inside a transaction.', 'Use the `tx` that the transaction was given.');
  }

  async #exclusive<T>(work: () => Promise<T>): Promise<T> {
    const free = await this.#lock.acquire();
    try {
      await this.#writer.begin(this.#limits.lockWaitMs);
      const result = await work();
      this.#writer.commit();
      return result;
    } catch (error) {
      this.#writer.rollback();
      throw storeError(error);
    } finally {
      free();
    }
  }
}
