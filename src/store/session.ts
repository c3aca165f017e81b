import type { Connection as PgConnection } from './postgres/connection.ts';
import type { Connection as SqliteConnection } from './sqlite/connection.ts';

export type Value = string | number | null | Uint8Array;

/** SQL with `?` for values that both engines understand, or one text for each. */
export type Sql = string | { readonly sqlite: string; readonly postgres: string };

/** One thing asked of the database. `tell` is a signal that goes out when the change is committed. */
export type Call =
  | { readonly kind: 'all' | 'run'; readonly sql: Sql; readonly values: readonly Value[] }
  | { readonly kind: 'native'; readonly sqlite: (db: SqliteConnection) => unknown; readonly postgres: (db: PgConnection) => Promise<unknown> }
  | { readonly kind: 'tell'; readonly channel: string; readonly payload: string };

/**
 * Work on the database as calls, one after the other: SQLite answers each at once and never lets go of the thread in between, PostgreSQL
 * answers in its own time. So a repository is written once. Work may be begun again from its start, and does nothing but ask.
 */
export type Work<T> = Generator<Call, T, unknown>;

/** Rows come back as `Row`: the caller knows the columns its SQL names. */
export function* all<Row>(sql: Sql, ...values: readonly Value[]): Work<Row[]> {
  return (yield { kind: 'all', sql, values }) as Row[];
}

export function* one<Row>(sql: Sql, ...values: readonly Value[]): Work<Row | null> {
  return ((yield { kind: 'all', sql, values }) as Row[])[0] ?? null;
}

/** Returns how many rows it changed. */
export function* run(sql: Sql, ...values: readonly Value[]): Work<number> {
  return (yield { kind: 'run', sql, values }) as number;
}

/** Where one text of SQL cannot serve both engines, or not quickly. */
export function* native<T>(ways: { readonly sqlite: (db: SqliteConnection) => T; readonly postgres: (db: PgConnection) => Promise<T> }): Work<T> {
  return (yield { kind: 'native', ...ways }) as T;
}

/** See the port `Wake`. */
export function* tell(channel: string, payload: string): Work<void> {
  yield { kind: 'tell', channel, payload };
}

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
