import { mkdirSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import Database from 'better-sqlite3';
import { storeError } from './errors.ts';

/**
 * Copies the database while it is in use; the copy is one moment of it. Returns its size in bytes.
 * Errors: OpsError('unavailable') when either file cannot be opened or the disk is full.
 */
export async function backupStore(path: string, target: string): Promise<number> {
  let source: Database.Database | null = null;
  try {
    mkdirSync(dirname(resolve(target)), { recursive: true });
    source = new Database(resolve(path), { readonly: true, fileMustExist: true, timeout: 5000 });
    const pageBytes = source.pragma('page_size', { simple: true }) as number;
    const { totalPages } = await source.backup(resolve(target));
    return totalPages * pageBytes;
  } catch (error) {
    throw storeError(error);
  } finally {
    source?.close();
  }
}
