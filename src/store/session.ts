import type { Connection as PgConnection } from './postgres/connection.ts';
import type { Connection as SqliteConnection } from './sqlite/connection.ts';

export type Value = string | number | null | Uint8Array;

/** SQL with `?` for values that both engines understand, or one text for each. */
export type Sql = string | { readonly sqlite: string; readonly postgres: string };

/** SQL in which NOW is the database's own time, epoch ms: the clocks of the machines do not matter. */
export const timed = (sql: string): Sql => ({
  sqlite: sql.replaceAll('NOW', "CAST(unixepoch('subsec') * 1000 AS INTEGER)"),
  postgres: sql.replaceAll('NOW', 'CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)'),
});

/** One thing asked of the database. `tell` is a signal that goes out when the change is committed. */
export type Call =
  | { readonly kind: 'all' | 'one' | 'run'; readonly sql: Sql; readonly values: readonly Value[] }
  | { readonly kind: 'native'; readonly sqlite: (db: SqliteConnection) => unknown; readonly postgres: (db: PgConnection) => Promise<unknown> }
  | { readonly kind: 'tell'; readonly channel: string; readonly payload: string };

/**
 * Work on the database as calls, one after the other: SQLite answers each at once and never lets go of the thread in between, PostgreSQL
 * answers in its own time. So a repository is written once. Work may be begun again from its start, and does nothing but ask.
 */
export interface Work<T> extends Iterator<Call, T, unknown> {
  [Symbol.iterator](): Work<T>;
}

/** Work of one call. Not a generator: these are made for every statement. */
class Ask<T> implements Work<T> {
  readonly #call: Call;
  #asked = false;

  constructor(call: Call) {
    this.#call = call;
  }

  next(answer: unknown): IteratorResult<Call, T> {
    if (this.#asked) return { done: true, value: answer as T };
    this.#asked = true;
    return { done: false, value: this.#call };
  }

  [Symbol.iterator](): this {
    return this;
  }
}

/** Rows come back as `Row`: the caller knows the columns its SQL names. */
export const all = <Row>(sql: Sql, ...values: readonly Value[]): Work<Row[]> => new Ask({ kind: 'all', sql, values });

export const one = <Row>(sql: Sql, ...values: readonly Value[]): Work<Row | null> => new Ask({ kind: 'one', sql, values });

/** Returns how many rows it changed. */
export const run = (sql: Sql, ...values: readonly Value[]): Work<number> => new Ask({ kind: 'run', sql, values });

/** Where one text of SQL cannot serve both engines, or not quickly. */
export const native = <T>(ways: { readonly sqlite: (db: SqliteConnection) => T; readonly postgres: (db: PgConnection) => Promise<T> }): Work<T> =>
  new Ask({ kind: 'native', ...ways });

/** See the port `Wake`. */
export const tell = (channel: string, payload: string): Work<void> => new Ask({ kind: 'tell', channel, payload });

/**
 * How a repository reaches the database, outside a transaction or inside one (then everything sees what it did so far). The
 * repositories do not know which.
 */
export interface Session {
  /** One call, on what is committed. */
  read<T>(work: () => Work<T>): Promise<T>;
  /** Several calls on one moment of what is committed. */
  snapshot<T>(work: () => Work<T>): Promise<T>;
  /** A transaction of its own, while nobody else changes anything: for what reads before it writes, and for everything audited. */
  write<T>(work: () => Work<T>): Promise<T>;
  /**
   * A transaction of its own beside others of this kind: for a change that is right whatever the others do. Those of one `lane` go one
   * after the other, so that a reader who follows along sees the numbers they give in order. Those of `beats` and `leases` wait for nobody
   * who changes the store, so that a replica is not taken for dead over somebody's long transaction.
   */
  beside<T>(work: () => Work<T>, lane?: Lane): Promise<T>;
}

export type Lane = 'metrics' | 'signals' | 'outbox' | 'beats' | 'leases';
