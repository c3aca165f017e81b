import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { OpsError } from '../../domain/errors.ts';
import type { Entrance } from '../entrance.ts';
import { Lock } from '../lock.ts';
import type { Lane, Session, Work } from '../session.ts';
import type { TransactionLimits } from '../transaction.ts';
import { Connection, type SeriesCache } from './connection.ts';
import { isCollision, isLost, storeError, unknownEnd } from './errors.ts';
import { Nested } from './nested.ts';
import type { Pool, PoolLimits } from './pool.ts';

export interface PgLimits extends TransactionLimits, PoolLimits {
  readonly queueWaitMs: number; // for the changes of this store that came first
  readonly resolveMs: number; // for the answer to a commit whose own answer was lost
}

const TRIES = 4;
const PAUSE_MS = 50;
/** Changes beside others that are under way at once, and connections left to readers and to the change that is alone. */
const MOST_BESIDE = 4;
const READERS = 3;
/** The keys of our advisory locks: the first says that they are ours, the second which. */
const OURS = 0x6f70736c;
const STORE = 0;
const LANES: Readonly<Record<Lane, number | null>> = { metrics: 1, signals: 2, outbox: 3, beats: null, leases: null }; // null: no lock
const ALONE = `SELECT pg_advisory_xact_lock(${OURS}, ${STORE})`;
const BESIDE = `SELECT pg_advisory_xact_lock_shared(${OURS}, ${STORE})`;
const NONE = 'SELECT 1';
const SNAPSHOT = 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY';

/**
 * The way in from outside a transaction, over all replicas: whoever changes something alone has the whole store's lock, whoever does so
 * beside others shares it, for as long as the transaction lasts. So a transaction sees nobody else's changes between its own calls, as in
 * SQLite; readers wait for nobody. Here changes queue before they take a connection, so that readers always find one.
 */
export class Gate implements Session {
  readonly #pool: Pool;
  readonly #limits: PgLimits;
  readonly #entrance: Entrance;
  readonly #series: SeriesCache = new Map();
  readonly #alone: Lock;
  readonly #lanes: ReadonlyMap<Lane, Lock>;
  /** Those of no lane, each in the next of these queues. */
  readonly #besides: readonly Lock[];
  #turn = 0;

  constructor(pool: Pool, limits: PgLimits, entrance: Entrance) {
    this.#pool = pool;
    this.#limits = limits;
    this.#entrance = entrance;
    this.#alone = new Lock(limits.queueWaitMs);
    const lanes = Object.keys(LANES) as Lane[];
    this.#lanes = new Map(lanes.map((lane) => [lane, new Lock(limits.queueWaitMs)]));
    const besides = Math.max(1, Math.min(MOST_BESIDE, limits.connections - lanes.length - READERS));
    this.#besides = Array.from({ length: besides }, () => new Lock(limits.queueWaitMs));
  }

  read<T>(work: () => Work<T>): Promise<T> {
    return this.#look((client) => new Connection(client, this.#series).perform(work, 1));
  }

  snapshot<T>(work: () => Work<T>): Promise<T> {
    return this.#look(async (client) => {
      await client.query(SNAPSHOT);
      const result = await new Connection(client, this.#series).perform(work);
      await client.query('COMMIT');
      return result;
    });
  }

  write<T>(work: () => Work<T>): Promise<T> {
    return this.#change(this.#alone, ALONE, (db) => db.perform(work), true);
  }

  beside<T>(work: () => Work<T>, lane?: Lane): Promise<T> {
    const own = lane === undefined ? undefined : LANES[lane];
    const lock = own === undefined ? BESIDE : own === null ? NONE : `${BESIDE}; SELECT pg_advisory_xact_lock(${OURS}, ${own})`;
    return this.#change(this.#queueOf(lane), lock, (db) => db.perform(work), true);
  }

  /** Not begun again once its work was called: that may have changed more than the database. */
  transaction<T>(work: (session: Session) => Promise<T>): Promise<T> {
    const { idleMs, transactionMs } = this.#limits;
    const whole = (db: Connection, client: pg.PoolClient): Promise<T> => {
      const calls = new Nested(db, client);
      return this.#entrance.inside(calls, { idleMs, transactionMs }, work).finally(() => calls.end());
    };
    return this.#change(this.#alone, ALONE, whole, false);
  }

  /** Waits for the changes that came before. */
  async close(): Promise<void> {
    if (this.#entrance.closed) return;
    this.#entrance.closed = true;
    for (const lock of [this.#alone, ...this.#lanes.values(), ...this.#besides]) await lock.acquire();
    await this.#pool.close();
  }

  #queueOf(lane: Lane | undefined): Lock {
    this.#turn += 1;
    return (lane === undefined ? this.#besides[this.#turn % this.#besides.length] : this.#lanes.get(lane)) ?? this.#alone;
  }

  /** A read that found its connection lost looks again on another. */
  async #look<T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
    this.#entrance.admit();
    for (let tries = 1; ; tries++) {
      try {
        return await this.#pool.lend((client, drop) =>
          work(client).catch((error: unknown) => {
            drop();
            throw error;
          }),
        );
      } catch (error) {
        if (tries === TRIES || !isLost(error)) throw storeError(error);
      }
      await sleep(PAUSE_MS * tries);
    }
  }

  async #change<T>(queue: Lock, lock: string, work: (db: Connection, client: pg.PoolClient) => Promise<T>, repeatable: boolean): Promise<T> {
    this.#entrance.admit();
    const free = await queue.acquire();
    try {
      for (let tries = 1; ; tries++) {
        const end = await this.#attempt(lock, work);
        if (end.how === 'done') return end.result;
        const again = end.how === 'untouched' || (end.how === 'undone' && repeatable);
        if (tries === TRIES || !again || !(isLost(end.error) || isCollision(end.error))) throw storeError(end.error);
        await sleep(PAUSE_MS * tries);
      }
    } finally {
      free();
    }
  }

  /** One try of a change, and how it ended: `untouched`, before its work was called; `undone`, after. */
  async #attempt<T>(lock: string, work: (db: Connection, client: pg.PoolClient) => Promise<T>): Promise<End<T>> {
    let called = false;
    let commit: { readonly transaction: Begin; readonly db: Connection; readonly result: T; readonly error: unknown } | null = null;
    try {
      return await this.#pool.lend(async (client, drop, history) => {
        try {
          const transaction = await begin(client, history, lock);
          const db = new Connection(client, this.#series);
          called = true;
          const result = await work(db, client);
          await client.query(db.commitSql()).catch((error: unknown) => {
            if (isLost(error)) commit = { transaction, db, result, error };
            throw error;
          });
          db.committed();
          return { how: 'done', result };
        } catch (error) {
          if (isLost(error)) drop();
          else await client.query('ROLLBACK').catch(drop);
          throw error;
        }
      });
    } catch (error) {
      if (commit !== null) return await this.#resolve(commit);
      return { how: called ? 'undone' : 'untouched', error };
    }
  }

  /** The answer to a commit was lost: the database itself is asked what became of that transaction, and nothing is done twice. */
  async #resolve<T>({ transaction, db, result, error }: { transaction: Begin; db: Connection; result: T; error: unknown }): Promise<End<T>> {
    for (const untilMs = performance.now() + this.#limits.resolveMs; performance.now() < untilMs; await sleep(200)) {
      const status = await this.#pool.lend((client, _drop, history) => statusOf(client, history, transaction)).catch(() => 'in progress' as const);
      if (status === 'in progress') continue;
      if (status === 'aborted') return { how: 'undone', error };
      if (status !== 'committed') break;
      db.committed();
      return { how: 'done', result };
    }
    return { how: 'undone', error: unknownEnd(error) };
  }
}

type End<T> = { readonly how: 'done'; readonly result: T } | { readonly how: 'untouched' | 'undone'; readonly error: unknown };

/** A transaction by its number; numbers are the database's own, so also by which server's history it was given. */
interface Begin {
  readonly xid: string;
  readonly history: string | null;
}

async function begin(client: pg.PoolClient, history: string | null, lock: string): Promise<Begin> {
  const answers = (await client.query(`BEGIN; ${lock}; SELECT pg_current_xact_id()::text AS xid`)) as unknown as pg.QueryResult<{ xid: string }>[];
  const row = answers.at(-1)?.rows[0];
  if (row === undefined) throw new OpsError('internal', 'The database did not begin a transaction.', null);
  return { xid: row.xid, history };
}

/** `unknown`: another server answers, whose history may lack the end of the first one's. */
async function statusOf(client: pg.PoolClient, now: string | null, { xid, history }: Begin): Promise<'committed' | 'aborted' | 'in progress' | 'unknown'> {
  if (now === null || now !== history) return 'unknown';
  const { rows } = await client.query<{ status: 'committed' | 'aborted' | 'in progress' | null }>('SELECT pg_xact_status($1::xid8) AS status', [xid]);
  return rows[0]?.status ?? 'unknown';
}
