import type pg from 'pg';
import { type Applied, type Migration, otherProgram, pending, readMigrations } from '../migrations.ts';

const LEDGER = `CREATE TABLE schema_migration (
  version BIGINT PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL, applied_at_ms BIGINT NOT NULL, compatible BIGINT
)`;
const LOCK = 'SELECT pg_advisory_xact_lock(0x6f70736c, 9)'.replace('0x6f70736c', String(0x6f70736c));
const WAIT = "SET LOCAL lock_timeout = '60s'; SET LOCAL statement_timeout = '10min'";

/**
 * Brings the schema up to date, all in one transaction: replicas that start together wait for one to do it. Running ones go on, for a
 * migration only adds to what they use (see readMigrations). Refuses a database of a newer opsloop, an altered schema or another program.
 */
export async function migrate(client: pg.ClientBase, nowMs: number, migrations: readonly Migration[] = readMigrations('postgres')): Promise<void> {
  await client.query('BEGIN');
  try {
    await client.query(WAIT);
    await client.query(LOCK);
    for (const next of pending(await ledger(client), migrations)) {
      await client.query(next.sql);
      const sql = 'INSERT INTO schema_migration (version, name, checksum, applied_at_ms, compatible) VALUES ($1, $2, $3, $4, $5)';
      await client.query(sql, [next.version, next.name, next.checksum, nowMs, next.compatible]);
    }
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined);
    throw error;
  }
}

async function ledger(client: pg.ClientBase): Promise<readonly Applied[]> {
  const { rows: tables } = await client.query<{ name: string }>('SELECT tablename AS name FROM pg_tables WHERE schemaname = current_schema()');
  if (!tables.some((table) => table.name === 'schema_migration')) {
    if (tables.length > 0) throw otherProgram('The database that DATABASE_URL (or store.url) names', 'Make one of its own for opsloop, with createdb.');
    await client.query(LEDGER);
  }
  const { rows } = await client.query<Applied>('SELECT version::int, name, checksum, compatible::int FROM schema_migration ORDER BY version');
  return rows;
}
