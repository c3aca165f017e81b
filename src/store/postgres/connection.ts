import pg from 'pg';
import { OpsError } from '../../domain/errors.ts';
import type { KnownSeries } from '../rows.ts';
import type { Call, Value, Work } from '../session.ts';
import { forPostgres } from './dialect.ts';

const INT8 = 20;

/** Numbers of 64 bits as JavaScript's: times and sequences stay far below 2^53. Everything else as the driver does it. */
export const types: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format: 'text' | 'binary') =>
    oid === INT8 && format !== 'binary' ? Number : pg.types.getTypeParser(oid, format)) as pg.CustomTypesConfig['getTypeParser'],
};

/** What is known of the database's series, of those that are committed. */
export type SeriesCache = Map<string, KnownSeries>;

type Given = Value | readonly Value[];

/** One connection while somebody has it for some work. */
export class Connection {
  readonly #client: pg.ClientBase;
  readonly #committed: SeriesCache;
  #fresh = new Map<string, KnownSeries>();
  #signals = new Map<string, { readonly channel: string; readonly payload: string }>();

  constructor(client: pg.ClientBase, committed: SeriesCache) {
    this.#client = client;
    this.#committed = committed;
  }

  async query<Row>(sql: string, values: readonly Given[]): Promise<{ readonly rows: Row[]; readonly changes: number }> {
    const { rows, rowCount } = await this.#client.query({ text: sql, values: values.map(storable), types });
    return { rows: rows as Row[], changes: rowCount ?? 0 };
  }

  /** Rows as arrays: quicker for very many. */
  async arrays<Row>(sql: string, values: readonly Value[]): Promise<Row[]> {
    return (await this.#client.query({ text: sql, values: [...values], types, rowMode: 'array' })).rows as Row[];
  }

  /** Carries the work out, in the transaction there is or a call at a time; refused with more than `most` calls. */
  async perform<T>(work: () => Work<T>, most = Number.POSITIVE_INFINITY): Promise<T> {
    const steps = work();
    let step = steps.next(undefined);
    for (let calls = 1; step.done !== true; calls++) {
      if (calls > most) throw new OpsError('internal', 'A read of several calls may see two moments.', 'Use session.snapshot.');
      step = steps.next(await this.#answer(step.value));
    }
    return step.value;
  }

  async #answer(call: Call): Promise<unknown> {
    if (call.kind === 'native') return await call.postgres(this);
    if (call.kind === 'tell') return void this.#signals.set(`${call.channel} ${call.payload}`, call);
    const { rows, changes } = await this.query(forPostgres(typeof call.sql === 'string' ? call.sql : call.sql.postgres), call.values);
    if (call.kind === 'one') return rows[0] ?? null;
    return call.kind === 'all' ? rows : changes;
  }

  series(key: string): KnownSeries | undefined {
    return this.#fresh.get(key) ?? this.#committed.get(key);
  }

  /** Written by the running transaction; the others hear of it when that is committed. */
  knowSeries(key: string, series: KnownSeries): void {
    this.#fresh.set(key, series);
  }

  /** COMMIT, with the signals that go out with it. */
  commitSql(): string {
    const told = [...this.#signals.values()].map(({ channel, payload }) => notifySql(channel, payload));
    return [...told, 'COMMIT'].join('; ');
  }

  committed(): void {
    for (const [key, series] of this.#fresh) this.#committed.set(key, series);
  }

  /** A part was taken back: what it wrote of series is not there. */
  forget(): void {
    this.#fresh.clear();
  }
}

export const channelName = (channel: string): string => `opsloop_${channel}`;
export const notifySql = (channel: string, payload: string): string =>
  `SELECT pg_notify(${pg.escapeLiteral(channelName(channel))}, ${pg.escapeLiteral(payload)})`;

/** PostgreSQL's texts cannot hold the zero character. */
function storable(value: Given): unknown {
  if (typeof value === 'string') return value.includes('\0') ? value.replaceAll('\0', '\ufffd') : value;
  if (!Array.isArray(value)) return value;
  // Numbers need no quoting: much quicker than the driver's own way for tens of thousands.
  return typeof value[0] === 'number' && value.every((each) => typeof each === 'number') ? `{${value.join(',')}}` : value.map(storable);
}
