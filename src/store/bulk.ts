import { native, type Value, type Work } from './session.ts';

type Kind = 'bigint' | 'float8' | 'text' | 'bytea';

/** A table's columns with PostgreSQL's names for their types, and what happens to a row that is already there. */
export interface Bulk {
  readonly table: string;
  readonly columns: Readonly<Record<string, Kind>>;
  readonly conflict: string; // ON CONFLICT …
}

/** Many rows into one table: a prepared statement a row in SQLite, one statement over arrays in PostgreSQL. Returns how many changed. */
export function insertMany({ table, columns, conflict }: Bulk, rows: readonly (readonly Value[])[]): Work<number> {
  const names = Object.keys(columns);
  return native({
    sqlite: (db) => {
      const insert = db.statement(`INSERT INTO ${table} (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')}) ${conflict}`);
      return rows.reduce((changed, row) => changed + insert.run(...row).changes, 0);
    },
    postgres: async (db) => {
      if (rows.length === 0) return 0;
      const arrays = Object.values(columns).map((kind, at) => `$${at + 1}::${kind}[]`);
      const sql = `INSERT INTO ${table} (${names.join(', ')}) SELECT * FROM unnest(${arrays.join(', ')}) ${conflict}`;
      return (
        await db.query(
          sql,
          names.map((_, at) => rows.map((row) => row[at] ?? null)),
        )
      ).changes;
    },
  });
}
