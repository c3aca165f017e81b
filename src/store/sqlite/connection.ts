import { setTimeout as sleep } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { OpsError } from '../../domain/errors.ts';
import { shardOf } from '../../domain/replica.ts';
import type { KnownSeries } from '../rows.ts';
import type { Call, Value, Work } from '../session.ts';
import type { Begun } from '../transaction.ts';
import { isBusy, storeError } from './errors.ts';

const BUSY_READ_MS = 5000;

/** One SQLite connection with its prepared statements. Synchronous; only `begin` waits. */
export class Connection implements Begun {
  readonly raw: Database.Database;
  /** Of committed series and those of the running transaction; emptied when one is rolled back. */
  readonly series = new Map<string, KnownSeries>();
  /** What to tell others when the running transaction is committed. */
  signals: { readonly channel: string; readonly payload: string }[] = [];
  readonly #statements = new Map<string, Database.Statement<Value[]>>();

  /**
   * A writer never sleeps inside SQLite, where it would hold up the whole thread: `begin` waits instead.
   * synchronous=FULL, because with NORMAL a power cut may take back an approval or a claim that was already acted on.
   */
  constructor(path: string, role: 'writer' | 'reader') {
    this.raw = new Database(path, { timeout: role === 'writer' ? 0 : BUSY_READ_MS });
    this.raw.pragma('foreign_keys = ON');
    this.raw.pragma('synchronous = FULL');
    this.raw.pragma(role === 'writer' ? 'cache_size = -16384' : 'cache_size = -8192'); // the system caches the file too
    this.raw.pragma('temp_store = MEMORY');
    this.raw.pragma('journal_size_limit = 67108864');
    this.raw.pragma('wal_autocheckpoint = 2000'); // 8 MB, what a tick of 10,000 metrics changes; with more, alerts that come in meanwhile wait too long for the copying
    this.raw.function('fold', { deterministic: true }, (text: unknown) => String(text).toLowerCase());
    this.raw.function('shard_of', { deterministic: true }, (resourceId: unknown) => shardOf(String(resourceId)));
    if (role === 'reader') this.raw.pragma('query_only = ON');
  }

  statement(sql: string): Database.Statement<Value[]> {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const made = this.raw.prepare<Value[]>(sql);
    this.#statements.set(sql, made);
    return made;
  }

  get<Row>(sql: string, ...values: Value[]): Row | undefined {
    return this.statement(sql).get(...values) as Row | undefined;
  }

  all<Row>(sql: string, ...values: Value[]): Row[] {
    return this.statement(sql).all(...values) as Row[];
  }

  run(sql: string, ...values: Value[]): number {
    return this.statement(sql).run(...values).changes;
  }

  /** Carries the work out, in the transaction there is or a call at a time. */
  perform<T>(work: () => Work<T>): T {
    const steps = work();
    let step = steps.next(undefined);
    while (step.done !== true) step = steps.next(this.#answer(step.value));
    return step.value;
  }

  #answer(call: Call): unknown {
    if (call.kind === 'native') return call.sqlite(this);
    if (call.kind === 'tell') return void this.signals.push(call);
    const statement = this.statement(typeof call.sql === 'string' ? call.sql : call.sql.sqlite);
    if (call.kind === 'one') return statement.get(...call.values) ?? null;
    return call.kind === 'all' ? statement.all(...call.values) : statement.run(...call.values).changes;
  }

  /** Takes the write lock of the file, waiting for other processes and threads without blocking this one. */
  begin(waitMs: number): Promise<void> {
    return whenFree(() => this.raw.exec('BEGIN IMMEDIATE'), waitMs);
  }

  /** Write-ahead log: readers and the writer do not wait for each other. Kept in the file from then on. */
  writeAhead(waitMs: number): Promise<void> {
    return whenFree(() => this.raw.pragma('journal_mode = WAL'), waitMs);
  }

  commit(): void {
    if (!this.raw.inTransaction) throw new OpsError('unavailable', 'The database gave up this change. Nothing was written.', 'Try again.');
    this.raw.exec('COMMIT');
  }

  /** SQLite rolls back by itself on some errors (disk full); then there is nothing left to do. */
  rollback(): void {
    this.series.clear();
    this.signals = [];
    if (this.raw.inTransaction) this.raw.exec('ROLLBACK');
  }

  read<T>(work: () => Work<T>): T {
    try {
      return this.perform(work);
    } catch (error) {
      throw storeError(error);
    }
  }

  nested<T>(work: () => Work<T>): T {
    try {
      this.raw.exec('SAVEPOINT call');
      const result = this.perform(work);
      this.raw.exec('RELEASE call');
      return result;
    } catch (error) {
      this.series.clear();
      if (this.raw.inTransaction) this.raw.exec('ROLLBACK TO call; RELEASE call');
      throw storeError(error);
    }
  }

  /** Several reads of one moment. */
  snapshot<T>(work: () => Work<T>): T {
    this.raw.exec('BEGIN');
    try {
      return this.perform(work);
    } finally {
      if (this.raw.inTransaction) this.raw.exec('COMMIT');
    }
  }
}

async function whenFree(step: () => void, waitMs: number): Promise<void> {
  const deadline = performance.now() + waitMs;
  for (;;) {
    try {
      step();
      return;
    } catch (error) {
      if (!isBusy(error) || performance.now() >= deadline) throw error;
    }
    await sleep(1 + Math.random() * 4);
  }
}
