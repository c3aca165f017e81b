import { mkdirSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import Database from 'better-sqlite3';
import { silent, type Tell } from '../../domain/step.ts';
import { storeError } from './errors.ts';

const PAGES_AT_ONCE = 5000;

/**
 * Copies the database while it is in use; the copy is one moment of it. Returns its size in bytes.
 * Errors: OpsError('unavailable') when either file cannot be opened or the disk is full.
 */
export async function backupStore(path: string, target: string, tell: Tell = silent): Promise<number> {
  let source: Database.Database | null = null;
  try {
    mkdirSync(dirname(resolve(target)), { recursive: true });
    source = new Database(resolve(path), { readonly: true, fileMustExist: true, timeout: 5000 });
    const pageBytes = source.pragma('page_size', { simple: true }) as number;
    const { totalPages } = await source.backup(resolve(target), { progress: copying(tell) });
    return totalPages * pageBytes;
  } catch (error) {
    throw storeError(error);
  } finally {
    source?.close();
  }
}

/** Tells how many pages are copied, and asks for the next ones. */
export function copying(tell: Tell): (at: { readonly totalPages: number; readonly remainingPages: number }) => number {
  return ({ totalPages, remainingPages }) => {
    tell(totalPages - remainingPages, totalPages);
    return PAGES_AT_ONCE;
  };
}
