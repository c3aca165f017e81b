import type pg from 'pg';
import { OpsError } from '../../domain/errors.ts';
import type { Work } from '../session.ts';
import type { Begun } from '../transaction.ts';
import type { Connection } from './connection.ts';
import { storeError } from './errors.ts';

/** Calls inside a transaction: one at a time on its one connection, each change with a point to go back to. */
export class Nested implements Begun {
  readonly #db: Connection;
  readonly #client: pg.PoolClient;
  #turn: Promise<unknown> = Promise.resolve();
  #point = false;
  #over = false;

  constructor(db: Connection, client: pg.PoolClient) {
    this.#db = db;
    this.#client = client;
  }

  read<T>(work: () => Work<T>): Promise<T> {
    return this.#next(() => this.#db.perform(work));
  }

  nested<T>(work: () => Work<T>): Promise<T> {
    return this.#next(() => this.#change(work));
  }

  /** Lets the call under way finish; those behind it are too late, for soon the connection is somebody else's. */
  async end(): Promise<void> {
    this.#over = true;
    await this.#turn;
  }

  #next<T>(call: () => Promise<T>): Promise<T> {
    const next = this.#turn.then(() => {
      if (this.#over) throw new OpsError('internal', 'This transaction is over.', 'Await every call of `tx` before the transaction returns.');
      return call().catch((error: unknown) => {
        throw storeError(error);
      });
    });
    this.#turn = next.catch(() => undefined);
    return next;
  }

  async #change<T>(work: () => Work<T>): Promise<T> {
    try {
      await this.#client.query(this.#point ? 'RELEASE call; SAVEPOINT call' : 'SAVEPOINT call');
      this.#point = true;
      return await this.#db.perform(work);
    } catch (error) {
      this.#db.forget();
      await this.#client.query('ROLLBACK TO call').catch(() => undefined);
      throw error;
    }
  }
}
