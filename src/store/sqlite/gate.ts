import type { Entrance } from '../entrance.ts';
import { Lock } from '../lock.ts';
import type { Session, Work } from '../session.ts';
import type { TransactionLimits } from '../transaction.ts';
import type { Connection } from './connection.ts';
import { storeError } from './errors.ts';

export interface StoreLimits extends TransactionLimits {
  readonly lockWaitMs: number; // for another process or thread that writes
  readonly queueWaitMs: number; // for the writers of this store that came first
}

/** The way in from outside a transaction: writers one at a time on one connection, readers on another that sees only what is committed. */
export class Gate implements Session {
  readonly #writer: Connection;
  readonly #reader: Connection;
  readonly #limits: StoreLimits;
  readonly #entrance: Entrance;
  readonly #tell: (channel: string, payload: string) => void;
  readonly #lock: Lock;

  constructor(writer: Connection, reader: Connection, limits: StoreLimits, entrance: Entrance, tell: (channel: string, payload: string) => void) {
    this.#writer = writer;
    this.#reader = reader;
    this.#limits = limits;
    this.#entrance = entrance;
    this.#tell = tell;
    this.#lock = new Lock(limits.queueWaitMs);
  }

  async read<T>(work: () => Work<T>): Promise<T> {
    return this.#look(() => this.#reader.perform(work));
  }

  async snapshot<T>(work: () => Work<T>): Promise<T> {
    return this.#look(() => this.#reader.snapshot(work));
  }

  async write<T>(work: () => Work<T>): Promise<T> {
    this.#entrance.admit();
    return this.#exclusive(async () => this.#writer.perform(work));
  }

  /** SQLite has one writer: all are alone. */
  beside<T>(work: () => Work<T>): Promise<T> {
    return this.write(work);
  }

  async transaction<T>(work: (session: Session) => Promise<T>): Promise<T> {
    this.#entrance.admit();
    return this.#exclusive(() => this.#entrance.inside(this.#writer, this.#limits, work));
  }

  /** Waits for the writers that came before. */
  async close(): Promise<void> {
    if (this.#entrance.closed) return;
    this.#entrance.closed = true;
    const free = await this.#lock.acquire();
    this.#reader.raw.close();
    this.#writer.raw.close();
    free();
  }

  #look<T>(work: () => T): T {
    this.#entrance.admit();
    try {
      return work();
    } catch (error) {
      throw storeError(error);
    }
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
      const { signals } = this.#writer;
      if (signals.length > 0) this.#writer.signals = [];
      free();
      for (const { channel, payload } of signals) this.#tell(channel, payload);
    }
  }
}
