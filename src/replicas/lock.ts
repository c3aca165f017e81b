import type pg from 'pg';
import { OpsError } from '../domain/errors.ts';

/** A lock one process has. It is lost with the connection to whoever keeps it, and then known to be lost. */
export interface LeaderLock {
  held(): boolean;
  /** True: it is held now. */
  acquire(): Promise<boolean>;
  /** Takes it away from a holder that keeps its connection and does nothing with it (a frozen process). */
  wrest(): Promise<void>;
  close(): Promise<void>;
}

const KEY = 0x6f70736c; // "opsl"
const TIMEOUT_MS = 3000;
// A holder whose machine is gone without a word is found out within seconds.
const KEEPALIVE = 'SET tcp_keepalives_idle = 2; SET tcp_keepalives_interval = 1; SET tcp_keepalives_count = 3; SET tcp_user_timeout = 5000';

/** A session-level advisory lock of PostgreSQL, on a connection of its own. */
export function advisoryLock(url: string): LeaderLock {
  let client: pg.Client | null = null;
  let held = false;

  async function connected(): Promise<pg.Client> {
    if (client !== null) return client;
    const { Client } = (await import('pg')).default; // on SQLite nothing needs it
    const fresh = new Client({ connectionString: url, connectionTimeoutMillis: TIMEOUT_MS, query_timeout: TIMEOUT_MS, application_name: 'opsloop leader' });
    const lost = (): void => {
      if (client !== fresh) return;
      client = null;
      held = false;
    };
    fresh.on('error', lost);
    fresh.on('end', lost);
    await fresh.connect();
    client = fresh;
    await fresh.query(KEEPALIVE);
    return fresh;
  }

  async function ask<Row extends pg.QueryResultRow>(sql: string, values: readonly unknown[]): Promise<Row[]> {
    try {
      return (await (await connected()).query<Row>(sql, [...values])).rows;
    } catch (cause) {
      await drop();
      throw new OpsError('unavailable', 'The database does not answer.', 'Check DATABASE_URL and the database.', { cause });
    }
  }

  /** Whether the lock is still there cannot be known without the connection, so it counts as lost. */
  async function drop(): Promise<void> {
    const old = client;
    client = null;
    held = false;
    await old?.end().catch(() => undefined);
  }

  return {
    held: () => held,
    async acquire() {
      if (held) return true;
      const [row] = await ask<{ got: boolean }>('SELECT pg_try_advisory_lock($1) AS got', [KEY]);
      held = row?.got === true && client !== null;
      return held;
    },
    async wrest() {
      await ask(
        `SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND classid = 0 AND objid = $1 AND objsubid = 1
           AND database = (SELECT oid FROM pg_database WHERE datname = current_database()) AND pid <> pg_backend_pid()`,
        [KEY],
      );
    },
    close: drop,
  };
}
