import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { OpsError } from '../domain/errors.ts';
import type { Connection } from './connection.ts';

interface Migration {
  readonly version: number;
  readonly name: string;
  readonly sql: string;
  readonly checksum: string;
}

const LEDGER = `CREATE TABLE IF NOT EXISTS schema_migration (
  version INTEGER PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL, applied_at_ms INTEGER NOT NULL
) STRICT`;

/** `folder` holds 0001_name.sql, 0002_name.sql, … without a hole. */
export function readMigrations(folder: string = join(import.meta.dirname, 'migrations')): readonly Migration[] {
  return readdirSync(folder)
    .filter((name) => /^\d{4}_\w+\.sql$/.test(name))
    .sort()
    .map((name) => {
      const sql = readFileSync(join(folder, name), 'utf8').replaceAll('\r\n', '\n');
      return { version: Number(name.slice(0, 4)), name, sql, checksum: createHash('sha256').update(sql).digest('hex') };
    });
}

/** Brings the schema up to date, one transaction a migration; refuses a file of a newer opsloop, of an altered schema or of another program. */
export async function migrate(db: Connection, nowMs: number, waitMs: number, migrations: readonly Migration[] = readMigrations()): Promise<void> {
  for (const migration of migrations) {
    await db.begin(waitMs);
    try {
      check(db, migrations);
      if (db.get('SELECT 1 FROM schema_migration WHERE version = ?', migration.version) === undefined) {
        db.raw.exec(migration.sql);
        db.run('INSERT INTO schema_migration VALUES (?, ?, ?, ?)', migration.version, migration.name, migration.checksum, nowMs);
      }
      db.commit();
    } catch (error) {
      db.rollback();
      throw error;
    }
  }
}

function check(db: Connection, migrations: readonly Migration[]): void {
  const tables = db.raw.prepare<[], { name: string }>("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'").all();
  if (tables.length > 0 && !tables.some((table) => table.name === 'schema_migration'))
    throw new OpsError('conflict', 'The file at store.path is the database of another program.', 'Set store.path to another file.');
  db.raw.exec(LEDGER);
  for (const row of db.raw.prepare<[], { version: number; name: string; checksum: string }>('SELECT version, name, checksum FROM schema_migration').all()) {
    const known = migrations.find((migration) => migration.version === row.version);
    if (known === undefined)
      throw new OpsError(
        'conflict',
        `The database was made by a newer opsloop (its schema has ${row.name}).`,
        'Start that version, or put back a backup from before.',
      );
    if (known.checksum !== row.checksum)
      throw new OpsError(
        'conflict',
        `The database has another ${row.name} than this opsloop.`,
        'Start the version that made it; migrations never change once applied.',
      );
  }
}
