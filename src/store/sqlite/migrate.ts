import { type Applied, type Migration, otherProgram, pending, readMigrations } from '../migrations.ts';
import type { Connection } from './connection.ts';

const LEDGER = `CREATE TABLE IF NOT EXISTS schema_migration (
  version INTEGER PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL, applied_at_ms INTEGER NOT NULL, compatible INTEGER
) STRICT`;

/** Brings the schema up to date, one transaction a migration; refuses a file of a newer opsloop, of an altered schema or of another program. */
export async function migrate(db: Connection, nowMs: number, waitMs: number, migrations: readonly Migration[] = readMigrations('sqlite')): Promise<void> {
  for (let more = true; more; ) {
    await db.begin(waitMs);
    try {
      const [next, ...rest] = pending(ledger(db), migrations);
      if (next !== undefined) {
        db.raw.exec(next.sql);
        const sql = 'INSERT INTO schema_migration (version, name, checksum, applied_at_ms, compatible) VALUES (?, ?, ?, ?, ?)';
        db.run(sql, next.version, next.name, next.checksum, nowMs, next.compatible);
      }
      db.commit();
      more = rest.length > 0;
    } catch (error) {
      db.rollback();
      throw error;
    }
  }
}

function ledger(db: Connection): readonly Applied[] {
  const tables = db.raw.prepare<[], { name: string }>("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'").all();
  if (tables.length > 0 && !tables.some((table) => table.name === 'schema_migration'))
    throw otherProgram('The file at store.path', 'Set store.path to another file.');
  db.raw.exec(LEDGER);
  const columns = db.raw.prepare<[], { name: string }>('PRAGMA table_info(schema_migration)').all();
  if (!columns.some((column) => column.name === 'compatible')) db.raw.exec('ALTER TABLE schema_migration ADD COLUMN compatible INTEGER');
  return db.raw.prepare<[], Applied>('SELECT version, name, checksum, compatible FROM schema_migration').all();
}
