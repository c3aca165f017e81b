import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import Database from 'better-sqlite3';
import { expect, it } from 'vitest';
import { OpsError } from '../../src/domain/errors.ts';
import { explain } from '../../src/domain/explanation.ts';
import type { Notice } from '../../src/domain/notice.ts';
import type { Repositories } from '../../src/domain/store.ts';
import { Entrance } from '../../src/store/entrance.ts';
import { openStore } from '../../src/store/open.ts';
import { repositories } from '../../src/store/repositories.ts';
import type { Session } from '../../src/store/session.ts';
import { Connection } from '../../src/store/sqlite/connection.ts';
import { storeError } from '../../src/store/sqlite/errors.ts';
import { Gate } from '../../src/store/sqlite/gate.ts';
import { incidentDraft, LOOP, minutes, NOON, series } from '../contracts/store/drafts.ts';
import { storePlace, tempStore } from '../support/store.ts';

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

it('gives up in words when another process keeps writing, without holding up this one', async () => {
  const place = storePlace();
  const store = await place.open({ limits: { lockWaitMs: 80 } });
  const other = new Database(place.path);
  other.exec('BEGIN IMMEDIATE');
  let turns = 0;
  const ticking = setInterval(() => (turns += 1), 5);
  await expect(store.watermarks.set('a', 1)).rejects.toMatchObject({ code: 'unavailable', message: expect.stringContaining('busy') as string });
  clearInterval(ticking);
  expect(turns).toBeGreaterThan(3);
  expect(await store.watermarks.get('a')).toBeNull();
  other.exec('COMMIT');
  other.close();
  await store.watermarks.set('a', 2);
  expect(await store.watermarks.get('a')).toBe(2);
});

it('waits for another process that lets go in time', async () => {
  const place = storePlace();
  const store = await place.open();
  const other = new Database(place.path);
  other.exec('BEGIN IMMEDIATE');
  const writing = store.watermarks.set('a', 1);
  await pause(30);
  other.exec('COMMIT');
  other.close();
  await writing;
  expect(await store.watermarks.get('a')).toBe(1);
});

it('takes a transaction back that waits for something else, and lets the next one in', async () => {
  const store = await tempStore({ limits: { idleMs: 40 } });
  let kept: Repositories | null = null;
  const stuck = store.transaction(async (tx) => {
    kept = tx;
    await tx.watermarks.set('a', 1);
    await new Promise(() => undefined);
  });
  const next = store.watermarks.set('b', 1);
  await expect(stuck).rejects.toMatchObject({ code: 'unavailable', message: expect.stringContaining('taken back') as string });
  await next;
  await expect((kept as Repositories | null)?.watermarks.set('a', 2)).rejects.toMatchObject({ code: 'internal' });
  expect([await store.watermarks.get('a'), await store.watermarks.get('b')]).toEqual([null, 1]);
});

it('leaves a transaction alone that is slow but goes on', async () => {
  const store = await tempStore({ limits: { idleMs: 150 } });
  await store.transaction(async (tx) => {
    for (let n = 1; n <= 5; n++) {
      await pause(45);
      await tx.watermarks.set('a', n);
    }
  });
  expect(await store.watermarks.get('a')).toBe(5);
});

it('takes a transaction back that never ends, however busy it is', async () => {
  const store = await tempStore({ limits: { transactionMs: 60 } });
  const endless = store.transaction(async (tx) => {
    for (let n = 0; ; n++) await tx.watermarks.set('a', n);
  });
  await expect(endless).rejects.toMatchObject({ code: 'unavailable' });
  expect(await store.watermarks.get('a')).toBeNull();
});

it('does not let writers wait for ever behind a slow transaction', async () => {
  const store = await tempStore({ limits: { queueWaitMs: 30 } });
  const slow = store.transaction(() => pause(90));
  await expect(store.watermarks.set('a', 1)).rejects.toMatchObject({ code: 'unavailable', message: expect.stringContaining('waiting') as string });
  await slow;
  await store.watermarks.set('a', 2);
});

it('writes points of a series again after the transaction that first named it was taken back', async () => {
  const store = await tempStore();
  const cpu = series('CPUUtilization', minutes(NOON, 1));
  const failing = store.transaction(async (tx) => {
    await tx.metrics.append([cpu]);
    throw new Error('on purpose');
  });
  await expect(failing).rejects.toThrow('on purpose');
  await store.metrics.append([series('NetworkIn', minutes(NOON, 5))]);
  await store.metrics.append([cpu]);
  expect((await store.metrics.appendedSince(0, 9)).series.map((each) => [each.ref.name, each.points[0]?.value])).toEqual([
    ['NetworkIn', 5],
    ['CPUUtilization', 1],
  ]);
});

it('says what is wrong with a file that is no database, a damaged one, a folder and memory', async () => {
  const place = storePlace();
  writeFileSync(place.path, 'These are my notes, not a database. '.repeat(100));
  await expect(place.open()).rejects.toMatchObject({ code: 'unavailable', message: expect.stringContaining('not an opsloop database') as string });
  const folder = storePlace();
  mkdirSync(folder.path);
  await expect(folder.open()).rejects.toMatchObject({ code: 'unavailable', hint: expect.stringContaining('store.path') as string });
  await expect(openStore(':memory:')).rejects.toMatchObject({ code: 'invalid_input' });
});

it('takes everything back when the disk is full, and goes on when there is room again', async () => {
  const place = storePlace();
  await place.open();
  const writer = new Connection(place.path, 'writer');
  const gate = new Gate(
    writer,
    new Connection(place.path, 'reader'),
    { lockWaitMs: 500, queueWaitMs: 500, idleMs: 500, transactionMs: 5000 },
    new Entrance(),
    () => undefined,
  );
  const { incidents, audit, outbox } = repositories(gate, { now: () => NOON });
  const big: Notice = { type: 'channel', note: explain('big', 'x'.repeat(3000)), mentions: [] };
  const work = async (session: Session): Promise<void> => {
    const tx = repositories(session, { now: () => NOON });
    await tx.incidents.open(incidentDraft(), LOOP);
    for (let n = 0; n < 100; n++) await tx.outbox.add(big, NOON);
  };
  const pages = writer.raw.pragma('page_count', { simple: true }) as number;
  writer.raw.pragma(`max_page_count = ${pages + 20}`);
  await expect(gate.transaction(work)).rejects.toMatchObject({ code: 'unavailable', message: expect.stringContaining('full') as string });
  expect([await incidents.list({ limit: 9 }), await outbox.size(), (await audit.verify()).rows]).toEqual([[], 0, 0]);
  writer.raw.pragma('max_page_count = 1000000');
  await gate.transaction(work);
  expect([(await incidents.get('INC-1'))?.state, await outbox.size()]).toEqual(['open', 100]);
  await gate.close();
});

it('says so when pages of the file are damaged', async () => {
  const place = storePlace();
  const before = await place.open();
  for (let n = 0; n < 50; n++) await before.incidents.open(incidentDraft({ title: 'x'.repeat(300) }), LOOP);
  await before.close();
  const bytes = readFileSync(place.path);
  writeFileSync(place.path, bytes.fill(0xff, 4096 * 8));
  const damaged = async (): Promise<unknown> => (await place.open()).incidents.open(incidentDraft(), LOOP);
  await expect(damaged()).rejects.toMatchObject({ code: 'unavailable', message: expect.stringContaining('damaged') as string });
});

it('has words for what a disk can do to a database, and leaves other errors alone', () => {
  const codes = [
    'SQLITE_BUSY_SNAPSHOT',
    'SQLITE_LOCKED',
    'SQLITE_FULL',
    'SQLITE_IOERR_FSYNC',
    'SQLITE_READONLY_DIRECTORY',
    'SQLITE_CANTOPEN',
    'SQLITE_CORRUPT_INDEX',
    'SQLITE_NOTADB',
  ];
  for (const code of codes) {
    const error = storeError(new Database.SqliteError('text', code));
    expect(error, code).toBeInstanceOf(OpsError);
    expect(error, code).toMatchObject({ code: 'unavailable', hint: expect.any(String) as string });
  }
  const other = new Database.SqliteError('no such table', 'SQLITE_ERROR');
  expect(storeError(other)).toBe(other);
});
