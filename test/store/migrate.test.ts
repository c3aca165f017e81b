import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, it } from 'vitest';
import { readMigrations } from '../../src/store/migrations.ts';
import { openStore } from '../../src/store/open.ts';
import { Connection } from '../../src/store/sqlite/connection.ts';
import { migrate } from '../../src/store/sqlite/migrate.ts';
import { storePlace } from '../support/store.ts';

const NOW = Date.UTC(2026, 2, 1);

function edit(path: string, sql: string): void {
  const db = new Database(path);
  db.exec(sql);
  db.close();
}

it('makes the folders and the whole schema of a new file, once', async () => {
  const place = storePlace();
  const deep = join(place.path, '..', 'a', 'b', 'state.db');
  for (let round = 0; round < 2; round++) await (await openStore(deep, { clock: { now: () => NOW + round } })).close();
  const db = new Database(deep);
  expect(db.prepare('SELECT version, name, applied_at_ms FROM schema_migration').raw().all()).toEqual([
    [1, '0001_initial.sql', NOW],
    [2, '0002_alarm_sequence.sql', NOW],
    [3, '0003_log_order_and_pattern_versions.sql', NOW],
    [4, '0004_replicas.sql', NOW],
    [5, '0005_shared_patterns.sql', NOW],
    [6, '0006_pace.sql', NOW],
  ]);
  expect(db.pragma('journal_mode', { simple: true })).toBe('wal');
  db.close();
});

it('is not disturbed by others that open the same new file at the same time', async () => {
  const place = storePlace();
  const stores = await Promise.all(Array.from({ length: 5 }, () => place.open()));
  await Promise.all(stores.map((store, n) => store.watermarks.set(`reader-${n}`, n)));
  expect(await stores[0]?.watermarks.get('reader-4')).toBe(4);
});

it('refuses the database of a newer opsloop and leaves it as it was', async () => {
  const place = storePlace();
  await (await place.open()).close();
  edit(place.path, "INSERT INTO schema_migration (version, name, checksum, applied_at_ms) VALUES (9999, '9999_future.sql', 'x', 1)");
  await expect(place.open()).rejects.toMatchObject({ code: 'conflict', message: expect.stringContaining('newer opsloop') as string });
});

it('refuses a migration that is not the one that was applied', async () => {
  const place = storePlace();
  await (await place.open()).close();
  edit(place.path, "UPDATE schema_migration SET checksum = 'x'");
  await expect(place.open()).rejects.toMatchObject({ code: 'conflict', message: expect.stringContaining('0001_initial.sql') as string });
});

it('brings a database of the first schema up to date, with the alarms it holds in their order', async () => {
  const place = storePlace();
  const db = new Connection(place.path, 'writer');
  await migrate(db, NOW, 100, readMigrations('sqlite').slice(0, 1));
  for (const [n, id] of ['b', 'a'].entries()) {
    const alarm = { id, name: 'cpu-high', state: 'alarm', timestampMs: NOW - n, resourceId: null, metric: null, reason: 'over 90' };
    db.run('INSERT INTO alarm VALUES (?, ?, ?)', id, NOW - n, JSON.stringify(alarm));
  }
  db.raw.close();
  const store = await place.open();
  expect((await store.signals.alarmsSince(0, 10)).alarms.map((alarm) => alarm.id)).toEqual(['b', 'a']);
  expect(await store.signals.appendAlarms(await store.signals.alarms({ fromMs: 0, toMs: NOW }, 10))).toBe(0);
});

it('refuses the database of another program', async () => {
  const place = storePlace();
  edit(place.path, 'CREATE TABLE holiday (photo BLOB)');
  await expect(place.open()).rejects.toMatchObject({ code: 'conflict', message: expect.stringContaining('another program') as string });
});

it('brings an older database up to date, and takes a migration that fails back whole', async () => {
  const place = storePlace();
  const folder = mkdtempSync(join(place.path, '..', 'migrations-'));
  mkdirSync(folder, { recursive: true });
  const first = join(folder, '0001_first.sql');
  writeFileSync(first, 'CREATE TABLE a (x INTEGER); INSERT INTO a VALUES (7);');
  const db = new Connection(place.path, 'writer');
  await migrate(db, NOW, 100, readMigrations('sqlite', folder));
  writeFileSync(join(folder, '0002_second.sql'), 'ALTER TABLE a ADD COLUMN y TEXT; UPDATE a SET y = x; SELECT nonsense;');
  await expect(migrate(db, NOW, 100, readMigrations('sqlite', folder))).rejects.toThrow('nonsense');
  expect(db.all('SELECT * FROM a')).toEqual([{ x: 7 }]);
  writeFileSync(join(folder, '0002_second.sql'), 'ALTER TABLE a ADD COLUMN y TEXT; UPDATE a SET y = x;');
  await migrate(db, NOW + 1, 100, readMigrations('sqlite', folder));
  expect(db.all('SELECT * FROM schema_migration ORDER BY version')).toMatchObject([{ version: 1 }, { version: 2, applied_at_ms: NOW + 1 }]);
  expect(db.raw.prepare('SELECT * FROM a').all()).toEqual([{ x: 7, y: '7' }]);
  db.raw.close();
});
