import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import Database from 'better-sqlite3';
import { OpsError } from '../../domain/errors.ts';
import { silent, type Tell } from '../../domain/step.ts';
import { copying } from './backup.ts';
import { storeError } from './errors.ts';

/**
 * Puts a backup in the place of a database that nobody uses now. The old one stays beside it as `….before-restore`.
 * Errors: OpsError('invalid_input') when the file is not a whole database of opsloop, `unavailable` when it cannot be read or written.
 */
export async function restoreStore(from: string, path: string, tell: Tell = silent): Promise<void> {
  const [source, target] = [resolve(from), resolve(path)];
  const fresh = `${target}.restoring`;
  if (!existsSync(source)) throw new OpsError('not_found', `There is no file ${from}.`, 'Give the file or folder that "opsloop backup" made.');
  try {
    mkdirSync(dirname(target), { recursive: true });
    rmSync(fresh, { force: true });
    await copyWhole(source, fresh, tell);
    if (existsSync(target)) setAside(target);
    renameSync(fresh, target);
  } catch (error) {
    rmSync(fresh, { force: true });
    throw storeError(error);
  }
}

async function copyWhole(source: string, target: string, tell: Tell): Promise<void> {
  const db = new Database(source, { readonly: true, fileMustExist: true, timeout: 5000 });
  try {
    const whole = db.pragma('integrity_check', { simple: true }) === 'ok';
    const tables = db.prepare("SELECT count(*) FROM sqlite_schema WHERE type = 'table'").pluck().get() as number;
    if (!whole || tables === 0) throw notWhole(source);
    await db.backup(target, { progress: copying(tell) });
  } catch (error) {
    throw error instanceof Database.SqliteError && /NOTADB|CORRUPT/.test(error.code) ? notWhole(source) : error;
  } finally {
    db.close();
  }
}

/** What was not yet written back from the log is, before the files are moved. */
function setAside(target: string): void {
  const db = new Database(target, { timeout: 5000 });
  db.pragma('wal_checkpoint(TRUNCATE)');
  db.close();
  for (const suffix of ['-wal', '-shm']) rmSync(`${target}${suffix}`, { force: true });
  renameSync(target, `${target}.before-restore`);
}

const notWhole = (source: string): OpsError => new OpsError('invalid_input', `${source} is not a whole database.`, 'Take another backup.');
