import { existsSync, mkdirSync, realpathSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import Database from 'better-sqlite3';
import { OpsError } from '../domain/errors.ts';

/**
 * Keeps a second bot off a SQLite store for as long as this process lives: an exclusive transaction on a small file beside the
 * store, which the kernel ends with the process, however it dies. Other commands do not look at it. With PostgreSQL it does nothing:
 * there, replicas share the work. Returns how to let go; keep it, or the lock goes with it.
 * Errors: OpsError `conflict` when another bot runs on this store, `unavailable` when the file cannot be locked at all.
 */
export function holdStore({ store }: { readonly store: { readonly path: string; readonly url?: string | undefined } }): () => void {
  if (store.url !== undefined) return () => undefined;
  let file: Database.Database | null = null;
  try {
    file = new Database(`${truePath(store.path)}.running`, { timeout: 0 });
    file.exec('BEGIN EXCLUSIVE');
  } catch (cause) {
    file?.close();
    throw refusal(store.path, cause);
  }
  const held = file;
  return () => void held.close();
}

/** One name for one file, also where links lead to it. */
function truePath(path: string): string {
  const asked = resolve(path);
  if (existsSync(asked)) return realpathSync(asked);
  mkdirSync(dirname(asked), { recursive: true });
  return join(realpathSync(dirname(asked)), basename(asked));
}

function refusal(path: string, cause: unknown): OpsError {
  if (cause instanceof Database.SqliteError && cause.code.startsWith('SQLITE_BUSY'))
    return new OpsError(
      'conflict',
      `Another opsloop runs on the store ${path}.`,
      'Stop that one first. For several at once, keep the state in PostgreSQL: set DATABASE_URL.',
      { cause },
    );
  return new OpsError('unavailable', `The file ${path}.running cannot be locked.`, 'Check that its folder may be written to and its disk is not full.', {
    cause,
  });
}
