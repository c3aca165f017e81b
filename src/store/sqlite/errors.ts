import Database from 'better-sqlite3';
import { OpsError } from '../../domain/errors.ts';

/** Words for what a database can suffer, by the start of SQLite's code. */
const WORDS: readonly (readonly [code: string, message: string, hint: string])[] = [
  [
    'SQLITE_BUSY',
    'The database is busy: something else has been writing to it for too long.',
    'Try again. If it stays so, look for a second opsloop on the same file.',
  ],
  [
    'SQLITE_LOCKED',
    'The database is busy: something else has been writing to it for too long.',
    'Try again. If it stays so, look for a second opsloop on the same file.',
  ],
  ['SQLITE_FULL', 'The disk that holds the database is full. Nothing was written.', 'Free some space on it; opsloop goes on by itself.'],
  ['SQLITE_IOERR', 'The disk that holds the database does not answer as it should. Nothing was written.', 'Check the disk and the log of the machine.'],
  ['SQLITE_READONLY', 'The database may not be written to.', 'Give the user opsloop runs as write access to the file and its folder.'],
  ['SQLITE_CANTOPEN', 'The database cannot be opened.', 'Check that store.path names a file in a folder opsloop may write to.'],
  ['SQLITE_CORRUPT', 'The database file is damaged.', 'Stop opsloop, keep the file, and put the last backup in its place.'],
  ['SQLITE_NOTADB', 'The file at store.path is not an opsloop database.', 'Set store.path to another file, or move this one away.'],
];

export const isBusy = (thrown: unknown): boolean => thrown instanceof Database.SqliteError && thrown.code.startsWith('SQLITE_BUSY');

/** What SQLite threw, as OpsError('unavailable') where people can do something about it; anything else as it was. */
export function storeError(thrown: unknown): unknown {
  if (!(thrown instanceof Database.SqliteError)) return thrown;
  const words = WORDS.find(([code]) => thrown.code.startsWith(code));
  return words === undefined ? thrown : new OpsError('unavailable', words[1], words[2], { cause: thrown });
}
