import type Database from 'better-sqlite3';
import type pg from 'pg';
import { OpsError } from '../domain/errors.ts';

/** A table that both engines have: what is copied of it, and in which order its rows are read. */
export interface Table {
  readonly name: string;
  readonly columns: readonly { readonly name: string; readonly type: string }[]; // PostgreSQL's types
  readonly key: readonly string[];
  /** Its column that PostgreSQL numbers by itself. */
  readonly numbered: string | null;
}

/** Kept by each database for itself. */
const OWN = ['schema_migration'];

const COLUMNS = `SELECT c.relname AS table, a.attname AS name, format_type(a.atttypid, NULL) AS type, a.attidentity <> '' AS numbered,
    coalesce(array_position(i.indkey::int2[], a.attnum), -1) AS place
  FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
    LEFT JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary
  WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace ORDER BY c.relname, a.attnum`;

interface ColumnRow {
  readonly table: string;
  readonly name: string;
  readonly type: string;
  readonly numbered: boolean;
  readonly place: number; // in the primary key
}

/** All tables, each after those it refers to. Both databases have the newest schema; OpsError('internal') when they differ even so. */
export async function tablesOf(source: Database.Database, target: pg.ClientBase): Promise<readonly Table[]> {
  const { rows } = await target.query<ColumnRow>(COLUMNS);
  const names = [...new Set(rows.map((row) => row.table))].filter((name) => !OWN.includes(name));
  const here = source.prepare<[], { name: string }>("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'").all();
  const missing = here.map(({ name }) => name).filter((name) => !names.includes(name) && !OWN.includes(name));
  if (missing.length > 0) throw new OpsError('internal', `PostgreSQL has no table ${missing.join(', ')}.`, 'Use the same opsloop for both.');
  const tables = names.map((name) =>
    tableOf(
      name,
      rows.filter((row) => row.table === name),
    ),
  );
  return tables.sort((a, b) => Number(a.name === 'approval') - Number(b.name === 'approval')); // the one that refers to another
}

/** What SQLite calls `rowid` is a column in PostgreSQL; where there is one, it is the order. */
function tableOf(name: string, rows: readonly ColumnRow[]): Table {
  const primary = rows.filter((row) => row.place >= 0).sort((a, b) => a.place - b.place);
  const key = rows.some((row) => row.name === 'rowid') ? ['rowid'] : primary.map((row) => row.name);
  return { name, columns: rows.map((row) => ({ name: row.name, type: row.type })), key, numbered: rows.find((row) => row.numbered)?.name ?? null };
}

export const namesOf = (table: Table): string => table.columns.map((column) => `"${column.name}"`).join(', ');
