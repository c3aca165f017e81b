import type { Connection } from './connection.ts';

/**
 * How a repository reaches the database: outside a transaction (`read` sees one committed moment, `write` is a transaction
 * of its own) or inside one (both see what it did so far). The repositories do not know which.
 */
export interface Session {
  read<T>(work: (db: Connection) => T): Promise<T>;
  write<T>(work: (db: Connection) => T): Promise<T>;
}
