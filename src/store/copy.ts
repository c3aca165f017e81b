import { createHash, type Hash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import Database from 'better-sqlite3';
import pg from 'pg';
import { OpsError } from '../domain/errors.ts';
import { Connection, types } from './postgres/connection.ts';
import { storeError } from './postgres/errors.ts';
import { openPostgres } from './postgres/open.ts';
import { openSqlite } from './sqlite/open.ts';
import { namesOf, type Table, tablesOf } from './tables.ts';
import { verifyChain } from './verify.ts';

export interface CopiedTable {
  readonly table: string;
  readonly rows: number;
  readonly digest: string; // SHA-256 over its rows in order, the same on both sides
}

export interface CopyReport {
  readonly tables: readonly CopiedTable[];
  readonly rows: number;
  readonly auditRows: number;
}

type Cell = string | number | null | Uint8Array;

const BATCH = 5000;
const clock = { now: () => Date.now() };
/** These hold one row from the start; the copy puts the source's in its place. */
const FIRST_ROWS = ['audit_head', 'metric_sequence'];
/** Who lives is no state to keep. */
const PASSING = ['replica', 'lease'];

/**
 * Moves the state of a SQLite file, as it is at this moment, into an empty PostgreSQL database: in one transaction, so all of it or nothing.
 * Before the end every row is read back and held against its source, and the audit chain is recomputed.
 * Errors: OpsError('not_found') without a source, `conflict` for a target that holds something or a broken chain, `unavailable`.
 */
export async function copyStore(path: string, url: string, progress: (table: string, rows: number) => void): Promise<CopyReport> {
  if (!existsSync(path)) throw new OpsError('not_found', `There is no database at ${path}.`, 'Set store.path, or give --from.');
  await upToDate(path, url);
  const source = new Database(resolve(path), { readonly: true, fileMustExist: true, timeout: 5000 });
  const target = new pg.Client({ connectionString: url, application_name: 'opsloop copy', keepAlive: true, connectionTimeoutMillis: 10_000 });
  target.on('error', () => undefined);
  try {
    source.exec('BEGIN');
    await target.connect();
    await target.query('BEGIN');
    const report = await copyAll(source, target, progress);
    await target.query('COMMIT');
    await target.query('ANALYZE');
    return report;
  } catch (error) {
    throw storeError(error);
  } finally {
    await target.end().catch(() => undefined); // what was not committed is taken back
    source.close();
  }
}

/** Both get the newest schema; a source whose audit chain is broken is not taken over in silence. */
async function upToDate(path: string, url: string): Promise<void> {
  const source = await openSqlite(path, clock, {});
  const chain = await source.audit.verify().finally(() => source.close());
  if (chain.brokenAt !== null)
    throw new OpsError('conflict', `The audit chain of ${path} is broken at row ${chain.brokenAt}: ${chain.reason}`, 'Put back a backup from before.');
  await (await openPostgres(url, clock, {})).close();
}

async function copyAll(source: Database.Database, target: pg.Client, progress: (table: string, rows: number) => void): Promise<CopyReport> {
  const tables = await tablesOf(source, target);
  await target.query(`LOCK TABLE ${tables.map((table) => `"${table.name}"`).join(', ')} IN ACCESS EXCLUSIVE MODE`);
  await refuseFilled(target, tables);
  await target.query('ALTER TABLE audit DISABLE TRIGGER USER'); // they let one row in at a time
  const copied: CopiedTable[] = [];
  for (const table of tables.filter((each) => !PASSING.includes(each.name))) {
    if (FIRST_ROWS.includes(table.name)) await target.query(`DELETE FROM "${table.name}"`);
    const here = await copyTable(source, target, table, progress);
    const there = await readTable(target, table);
    if (here.rows !== there.rows || here.digest !== there.digest)
      throw new OpsError('conflict', `The table ${table.name} did not arrive as it is: nothing was copied.`, 'Report this, with the version of PostgreSQL.');
    await numberOn(source, target, table);
    copied.push({ table: table.name, ...here });
  }
  await target.query('ALTER TABLE audit ENABLE TRIGGER USER');
  const db = new Connection(target, new Map());
  const chain = await verifyChain({ snapshot: (work) => db.perform(work) });
  if (chain.brokenAt !== null) throw new OpsError('conflict', `The audit chain did not arrive whole: ${chain.reason} Nothing was copied.`, null);
  return { tables: copied, rows: copied.reduce((sum, { rows }) => sum + rows, 0), auditRows: chain.rows };
}

async function refuseFilled(target: pg.Client, tables: readonly Table[]): Promise<void> {
  for (const { name } of tables) {
    if (PASSING.includes(name)) continue;
    const column = name === 'audit_head' ? 'seq' : 'last';
    const filter = FIRST_ROWS.includes(name) ? `WHERE ${column} > 0` : '';
    if (((await target.query(`SELECT 1 FROM "${name}" ${filter} LIMIT 1`)).rowCount ?? 0) > 0)
      throw new OpsError('conflict', `The target already holds something (its table ${name} is not empty): nothing was copied.`, 'Copy into a new database.');
  }
}

async function copyTable(
  source: Database.Database,
  target: pg.Client,
  table: Table,
  progress: (table: string, rows: number) => void,
): Promise<Omit<CopiedTable, 'table'>> {
  const insert = `INSERT INTO "${table.name}" (${namesOf(table)}) SELECT * FROM unnest(${table.columns.map(({ type }, at) => `$${at + 1}::${type}[]`).join(', ')})`;
  const digest = createHash('sha256');
  let rows = 0;
  const read = source.prepare(`SELECT ${namesOf(table)} FROM "${table.name}" ORDER BY ${keyOf(table)}`).raw();
  for (const batch of batches(read.iterate() as Iterable<Cell[]>)) {
    const whole = batch.map((row) => row.map(storable));
    for (const row of whole) addRow(digest, row);
    await target.query({ text: insert, values: table.columns.map((_, at) => whole.map((row) => row[at])) });
    rows += whole.length;
    progress(table.name, rows);
  }
  return { rows, digest: digest.digest('hex') };
}

function* batches(rows: Iterable<Cell[]>): Generator<Cell[][]> {
  let batch: Cell[][] = [];
  for (const row of rows) {
    batch.push(row);
    if (batch.length < BATCH) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

const keyOf = (table: Table): string => table.key.map((name) => `"${name}"`).join(', ');

/** Through a cursor: however large the table, a batch at a time is here. */
async function readTable(target: pg.Client, table: Table): Promise<Omit<CopiedTable, 'table'>> {
  await target.query(`DECLARE copied NO SCROLL CURSOR FOR SELECT ${namesOf(table)} FROM "${table.name}" ORDER BY ${keyOf(table)}`);
  const digest = createHash('sha256');
  let rows = 0;
  for (;;) {
    const page = (await target.query({ text: `FETCH ${BATCH} FROM copied`, rowMode: 'array', types })).rows as Cell[][];
    for (const row of page) addRow(digest, row);
    rows += page.length;
    if (page.length < BATCH) break;
  }
  await target.query('CLOSE copied');
  return { rows, digest: digest.digest('hex') };
}

/** PostgreSQL's texts cannot hold the zero character. */
const storable = (cell: Cell): Cell => (typeof cell === 'string' && cell.includes('\0') ? cell.replaceAll('\0', '\ufffd') : cell);

function addRow(digest: Hash, row: readonly Cell[]): void {
  digest.update(JSON.stringify(row.map((cell) => (cell instanceof Uint8Array ? { hex: Buffer.from(cell).toString('hex') } : cell))));
}

/** The next number is one that was never given, also when the last rows are gone. */
async function numberOn(source: Database.Database, target: pg.Client, table: Table): Promise<void> {
  if (table.numbered === null) return;
  const given = source.prepare<[string], { seq: number }>('SELECT seq FROM sqlite_sequence WHERE name = ?').get(table.name)?.seq ?? 0;
  const highest = source.prepare<[], { most: number | null }>(`SELECT max("${table.numbered}") AS most FROM "${table.name}"`).get()?.most ?? 0;
  const last = Math.max(given, highest);
  if (last > 0) await target.query('SELECT setval(pg_get_serial_sequence($1, $2), $3)', [table.name, table.numbered, last]);
}
