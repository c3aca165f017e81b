import pg from 'pg';
import { OpsError } from '../../domain/errors.ts';

export interface PoolLimits {
  readonly connections: number;
  readonly connectMs: number; // for a connection, a free one or a new one
  readonly statementMs: number; // for one statement
  readonly lockWaitMs: number; // for somebody else's change
  readonly idleMs: number; // for the next statement of a transaction, after which the server takes it back
}

/** Asks what every connection must know once, and makes a commit mean that it is on disk. */
const GREETING = `SELECT current_setting('server_version_num')::int AS version, pg_is_in_recovery() AS standby,
  CASE WHEN current_setting('synchronous_commit') = 'off' AND current_setting('fsync') = 'on' THEN set_config('synchronous_commit', 'on', false) END AS durable`;
const OLDEST = 150_000;
/** Which server's history this is: another after a fail-over. Some managed databases do not say. */
const HISTORY = 'SELECT substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8) AS history';
const NAME = 'opsloop';

/** How the driver is told to connect; the server ends what hangs, so that a frozen opsloop does not hold up the others. */
export const clientConfig = (url: string, limits: PoolLimits): pg.ClientConfig => ({
  connectionString: url,
  application_name: NAME,
  connectionTimeoutMillis: limits.connectMs,
  statement_timeout: limits.statementMs,
  query_timeout: limits.statementMs + limits.connectMs, // when not even the refusal arrives
  lock_timeout: limits.lockWaitMs,
  idle_in_transaction_session_timeout: limits.idleMs + 1000,
  keepAlive: true,
  keepAliveInitialDelayMillis: 10_000,
});

/** Connections to the database, made when they are needed and again after they were lost. */
export class Pool {
  readonly #pool: pg.Pool;
  readonly #greeted = new WeakMap<pg.ClientBase, string | null>();

  constructor(url: string, limits: PoolLimits) {
    this.#pool = new pg.Pool({ ...clientConfig(url, limits), max: limits.connections, idleTimeoutMillis: 60_000, allowExitOnIdle: true });
    this.#pool.on('error', () => undefined); // one that nobody used was lost: the next who asks gets another
    this.#pool.on('connect', (client) => client.on('error', () => undefined));
  }

  /** Lends a connection to the work, with its server's history; `drop` says that it is of no use any more. */
  async lend<T>(work: (client: pg.PoolClient, drop: () => void, history: string | null) => Promise<T>): Promise<T> {
    const client = await this.#pool.connect();
    let whole = true;
    try {
      const drop = (): void => {
        whole = false;
      };
      const history = await this.#greet(client, drop);
      return await work(client, drop, history);
    } finally {
      client.release(!whole);
    }
  }

  async close(): Promise<void> {
    await this.#pool.end();
  }

  async #greet(client: pg.PoolClient, drop: () => void): Promise<string | null> {
    const known = this.#greeted.get(client);
    if (known !== undefined) return known;
    const { rows } = await client.query<{ version: number; standby: boolean }>(GREETING).catch((error: unknown) => {
      drop();
      throw error;
    });
    const { version, standby } = rows[0] ?? { version: 0, standby: true };
    if (version < OLDEST)
      throw new OpsError(
        'conflict',
        `The database is PostgreSQL ${Math.floor(version / 10_000)}; opsloop needs ${OLDEST / 10_000} or newer.`,
        'Upgrade the database.',
      );
    if (standby) return null;
    const history = await client.query<{ history: string }>(HISTORY).then(
      (answer) => answer.rows[0]?.history ?? null,
      () => null,
    );
    this.#greeted.set(client, history);
    return history;
  }
}
