import { AsyncLocalStorage } from 'node:async_hooks';
import { OpsError } from '../domain/errors.ts';
import type { Session } from './session.ts';
import { type Begun, type TransactionLimits, TransactionSession } from './transaction.ts';

/** Who may come in: nobody after the store was closed, and nobody from inside a transaction, where the store itself would wait for it. */
export class Entrance {
  readonly #current = new AsyncLocalStorage<TransactionSession>();
  closed = false;

  admit(): void {
    if (this.closed) throw new OpsError('unavailable', 'The database is closed: opsloop is stopping.', 'Start opsloop again.');
    if (this.#current.getStore()?.open === true)
      throw new OpsError('internal', 'The store was called from inside a transaction.', 'Use the `tx` that the transaction was given.');
  }

  /** Runs the work of a transaction that has begun. */
  inside<T>(db: Begun, limits: TransactionLimits, work: (session: Session) => Promise<T>): Promise<T> {
    const session = new TransactionSession(db, limits);
    return session.run(() => this.#current.run(session, () => work(session)));
  }
}
