import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { OpsError } from '../domain/errors.ts';
import type { Store } from '../domain/store.ts';
import { schemaForPostgres } from './postgres/dialect.ts';

export interface Migration {
  readonly version: number;
  readonly name: string;
  readonly sql: string;
  readonly checksum: string;
  /** An opsloop that knows the schema up to here still works on it: what is added later does not disturb it. */
  readonly compatible: number;
}

/** What a database says was done to it. `compatible` null: by an opsloop that did not say. */
export interface Applied {
  readonly version: number;
  readonly name: string;
  readonly checksum: string;
  readonly compatible: number | null;
}

const COMPATIBLE = /^-- compatible: (\d+)$/m;

/**
 * `folder` holds 0001_name.sql, 0002_name.sql, … without a hole: one story for both engines. Where PostgreSQL needs other words, they are in
 * 0001_name.pg.sql beside it; otherwise the same file serves. A line `-- compatible: 3` says that an opsloop of schema 3 works on it too.
 */
export function readMigrations(engine: Store['engine'], folder: string = join(import.meta.dirname, 'migrations')): readonly Migration[] {
  return readdirSync(folder)
    .filter((name) => /^\d{4}_\w+\.sql$/.test(name))
    .sort()
    .map((name) => {
      const own = join(folder, name.replace(/\.sql$/, '.pg.sql'));
      const written = (path: string): string => readFileSync(path, 'utf8').replaceAll('\r\n', '\n');
      const plain = written(join(folder, name));
      const sql = engine === 'sqlite' ? plain : existsSync(own) ? written(own) : schemaForPostgres(plain);
      const version = Number(name.slice(0, 4));
      return { version, name, sql, checksum: createHash('sha256').update(sql).digest('hex'), compatible: Number(COMPATIBLE.exec(plain)?.[1] ?? version) };
    });
}

/** Those still to be applied, in order. OpsError('conflict') for a database that this opsloop must not touch. */
export function pending(applied: readonly Applied[], migrations: readonly Migration[]): readonly Migration[] {
  const newest = migrations.at(-1)?.version ?? 0;
  for (const row of applied) {
    const known = migrations.find((migration) => migration.version === row.version);
    if (known === undefined && (row.compatible === null || row.compatible > newest))
      throw new OpsError(
        'conflict',
        `The database was made by a newer opsloop (its schema has ${row.name}).`,
        'Start that version, or put back a backup from before.',
      );
    if (known !== undefined && known.checksum !== row.checksum)
      throw new OpsError(
        'conflict',
        `The database has another ${row.name} than this opsloop.`,
        'Start the version that made it; migrations never change once applied.',
      );
  }
  return migrations.filter((migration) => !applied.some((row) => row.version === migration.version));
}

export const otherProgram = (setting: string, better: string): OpsError => new OpsError('conflict', `${setting} is the database of another program.`, better);
