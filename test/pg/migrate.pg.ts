import { randomBytes } from 'node:crypto';
import Database from 'better-sqlite3';
import pg from 'pg';
import { expect, it } from 'vitest';
import { readMigrations } from '../../src/store/migrations.ts';
import { openStore } from '../../src/store/open.ts';
import { schemaForPostgres } from '../../src/store/postgres/dialect.ts';
import { migrate } from '../../src/store/postgres/migrate.ts';
import { tablesOf } from '../../src/store/tables.ts';
import { storePlace } from '../support/store.ts';
import { testServer } from './place.ts';
import { createDatabase } from './server.ts';

const empty = (): Promise<string> => createDatabase(testServer(), `opsloop_${randomBytes(6).toString('hex')}`);

async function ask<Row>(url: string, sql: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  return (await client.query(sql).finally(() => client.end())).rows as Row[];
}

it('is done once when several start together on an empty database', async () => {
  const url = await empty();
  const stores = await Promise.all(Array.from({ length: 5 }, () => openStore(url)));
  await Promise.all(stores.map((store, n) => store.watermarks.set(`r${n}`, n)));
  expect(await stores[0]?.watermarks.get('r4')).toBe(4);
  for (const store of stores) await store.close();
  const applied = await ask<{ name: string }>(url, 'SELECT name FROM schema_migration ORDER BY version');
  expect(applied.map(({ name }) => name)).toEqual(readMigrations('sqlite').map(({ name }) => name));
});

it('runs on the database of a newer opsloop that says so, and refuses one that does not', async () => {
  const url = await empty();
  await (await openStore(url)).close();
  const known = readMigrations('postgres').at(-1)?.version ?? 0;
  await ask(url, `INSERT INTO schema_migration VALUES (${known + 1}, '${known + 1}_more.sql', 'x', 1, ${known})`);
  const store = await openStore(url);
  await store.watermarks.set('a', 1);
  await store.close();
  await ask(url, `INSERT INTO schema_migration VALUES (9999, '9999_other.sql', 'x', 1, ${known + 1})`);
  await expect(openStore(url)).rejects.toMatchObject({
    code: 'conflict',
    message: expect.stringContaining('newer opsloop (its schema has 9999_other.sql)') as string,
  });
});

it('leaves a running opsloop of the schema before at work while a newer one adds to it', async () => {
  const url = await empty();
  const old = await openStore(url);
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const version = (readMigrations('postgres').at(-1)?.version ?? 0) + 1;
  const sql = 'ALTER TABLE watermark ADD COLUMN note TEXT; CREATE TABLE later (id BIGINT);';
  await migrate(client, 1, [...readMigrations('postgres'), { version, name: 'more.sql', sql, checksum: 'x', compatible: version - 1 }]);
  await client.end();
  await old.watermarks.set('a', 1);
  expect(await old.watermarks.get('a')).toBe(1);
  await old.close();
});

it('refuses the database of another program and a migration that is not the one applied, and takes one that fails back whole', async () => {
  const url = await empty();
  await ask(url, 'CREATE TABLE holiday (photo BYTEA)');
  await expect(openStore(url)).rejects.toMatchObject({ code: 'conflict', message: expect.stringContaining('another program') as string });
  await ask(url, 'DROP TABLE holiday');
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const broken = { version: 1, name: '0001_a.sql', sql: 'CREATE TABLE a (x BIGINT); SELECT nonsense;', checksum: 'x', compatible: 1 };
  await expect(migrate(client, 1, [broken])).rejects.toThrow('nonsense');
  await client.end();
  expect(await ask(url, 'SELECT 1 FROM pg_tables WHERE schemaname = current_schema()')).toEqual([]);
  await (await openStore(url)).close();
  await ask(url, "UPDATE schema_migration SET checksum = 'y' WHERE version = 2");
  await expect(openStore(url)).rejects.toMatchObject({ code: 'conflict', message: expect.stringContaining('0002_alarm_sequence.sql') as string });
});

it('takes a migration written for SQLite where it has none of its own', async () => {
  const sql = `CREATE TABLE a (
    id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, share REAL, bytes BLOB
  ) STRICT;
  CREATE TABLE b (k TEXT PRIMARY KEY, n INTEGER) STRICT, WITHOUT ROWID;
  CREATE INDEX b_n ON b (n) WHERE n > 0;`;
  const url = await empty();
  await ask(url, schemaForPostgres(sql));
  await ask(url, "INSERT INTO a (name, share, bytes) VALUES ('x', 0.5, '\\xff'); INSERT INTO b VALUES ('k', 5000000000)");
  expect(await ask(url, 'SELECT id::int, name, share FROM a')).toEqual([{ id: 1, name: 'x', share: 0.5 }]);
});

it('ends with the same tables and columns as SQLite', async () => {
  const [place, url] = [storePlace(), await empty()];
  await place.open();
  await (await openStore(url)).close();
  const source = new Database(place.path);
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const tables = await tablesOf(source, client).finally(() => client.end());
  for (const { name, columns } of tables) {
    const here = source.prepare<[], { name: string; hidden: number }>(`PRAGMA table_xinfo(${name})`).all();
    const plain = here.filter(({ hidden }) => hidden === 0).map((column) => column.name);
    expect(
      columns
        .map((column) => column.name)
        .filter((column) => column !== 'rowid')
        .sort(),
      name,
    ).toEqual(plain.sort());
  }
  source.close();
});
