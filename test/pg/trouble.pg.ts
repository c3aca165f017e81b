import { setTimeout as sleep } from 'node:timers/promises';
import { inspect } from 'node:util';
import pg from 'pg';
import { expect, it, onTestFinished } from 'vitest';
import { openStore } from '../../src/store/open.ts';
import { storeError } from '../../src/store/postgres/errors.ts';
import { clientConfig } from '../../src/store/postgres/pool.ts';
import { incidentDraft, LOOP } from '../contracts/store/drafts.ts';
import { waitFor } from '../support/wait.ts';
import { pgPlace } from './place.ts';
import { type Cutter, startProxy } from './proxy.ts';
import { startPg } from './server.ts';

const unavailable = (words: string) => ({ code: 'unavailable', message: expect.stringContaining(words) as string, hint: expect.any(String) as string });

/** Somebody else with a connection to the same database. */
async function somebody(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  onTestFinished(() => client.end());
  return client;
}

async function throughProxy(url: string): Promise<Cutter> {
  const proxy = await startProxy(url);
  onTestFinished(() => proxy.close());
  return proxy;
}

it('says that the database does not answer, connects again by itself, and has kept what was committed', async () => {
  const server = await startPg();
  try {
    const store = await openStore(await server.createDatabase('state'), { limits: { connectMs: 1000 } });
    const woken: string[] = [];
    store.wake.subscribe('switches', (payload) => woken.push(payload));
    await store.incidents.open(incidentDraft(), LOOP);
    await server.halt('crash');
    await expect(store.watermarks.set('a', 1)).rejects.toMatchObject(unavailable('does not answer'));
    await expect(store.incidents.list({ limit: 9 })).rejects.toMatchObject(unavailable('does not answer'));
    await expect(store.transaction(async () => 1)).rejects.toMatchObject(unavailable('does not answer'));
    await server.start();
    await store.watermarks.set('a', 2);
    expect((await store.incidents.list({ limit: 9 })).map(({ id }) => id)).toEqual(['INC-1']);
    await waitFor(() => woken.includes('')); // it may have missed something, so it looks
    await store.close();
  } finally {
    await server.close();
  }
});

it('goes on over an administrator who ends all its connections', async () => {
  const place = pgPlace();
  const store = await place.open();
  await Promise.all(Array.from({ length: 6 }, (_, n) => store.watermarks.get(`r${n}`)));
  const admin = await somebody(place.url);
  await admin.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'opsloop' AND datname = current_database()");
  await Promise.all([store.watermarks.set('a', 1), store.watermarks.get('b'), store.plans.list({ limit: 1 })]);
  expect(await store.watermarks.get('a')).toBe(1);
});

it.each(['before', 'after'] as const)('does a change once when the line is cut %s the commit reached the database', async (when) => {
  const place = pgPlace();
  const direct = await place.open();
  const proxy = await throughProxy(place.url);
  const store = await openStore(proxy.url);
  proxy.arm(when);
  expect(await store.incidents.open(incidentDraft(), LOOP)).toMatchObject({ state: 'open' });
  expect(proxy.cuts()).toBe(1);
  expect(await direct.incidents.list({ limit: 9 })).toHaveLength(1);
  expect(await direct.audit.verify()).toMatchObject({ rows: 1, brokenAt: null });
  await store.close();
});

it('finds out whether a transaction was saved whose answer was lost, and never runs it again', async () => {
  const place = pgPlace();
  const direct = await place.open();
  const proxy = await throughProxy(place.url);
  const store = await openStore(proxy.url);
  let calls = 0;
  const change = (): Promise<string> =>
    store.transaction(async (tx) => {
      calls += 1;
      return (await tx.incidents.open(incidentDraft(), LOOP)).id;
    });
  proxy.arm('after');
  const id = await change();
  expect(await direct.incidents.get(id)).toMatchObject({ state: 'open' });
  proxy.arm('before');
  await expect(change()).rejects.toMatchObject(unavailable('does not answer'));
  expect([calls, (await direct.incidents.list({ limit: 9 })).length]).toEqual([2, 1]);
  await store.close();
});

it('says that nobody knows when the database stays away after a commit', async () => {
  const place = pgPlace();
  const direct = await place.open();
  const proxy = await throughProxy(place.url);
  const store = await openStore(proxy.url, { limits: { resolveMs: 300 } });
  proxy.arm('after', true);
  await expect(store.incidents.open(incidentDraft(), LOOP)).rejects.toMatchObject(unavailable('nobody knows'));
  expect(await direct.incidents.list({ limit: 9 })).toHaveLength(1);
  await store.close();
});

it('says that it may only read, as on a standby, and writes again when it may', async () => {
  const place = pgPlace();
  const store = await place.open();
  const admin = await somebody(place.url);
  const name = new URL(place.url).pathname.slice(1);
  const end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'opsloop' AND datname = current_database()";
  await admin.query(`ALTER DATABASE "${name}" SET default_transaction_read_only = on`);
  await admin.query(end);
  await expect(store.watermarks.set('a', 1)).rejects.toMatchObject(unavailable('may not be written to'));
  expect(await store.watermarks.get('a')).toBeNull();
  await admin.query('SET default_transaction_read_only = off');
  await admin.query(`ALTER DATABASE "${name}" SET default_transaction_read_only = off`);
  await store.watermarks.set('a', 2);
  expect(await store.watermarks.get('a')).toBe(2);
});

it('gives up what takes too long, whether the database is slow or somebody holds what it needs', async () => {
  const place = pgPlace();
  const slow = await place.open({ limits: { statementMs: 150 } });
  const waiting = await place.open({ limits: { lockWaitMs: 150 } });
  const other = await somebody(place.url);
  await other.query('BEGIN; LOCK TABLE watermark IN ACCESS EXCLUSIVE MODE');
  await expect(slow.watermarks.set('a', 1)).rejects.toMatchObject(unavailable('slow'));
  await expect(slow.watermarks.get('a')).rejects.toMatchObject(unavailable('slow'));
  await expect(waiting.watermarks.set('a', 1)).rejects.toMatchObject(unavailable('busy'));
  await other.query('COMMIT');
  await slow.watermarks.set('a', 1);
  expect(await waiting.watermarks.get('a')).toBe(1);
});

it('goes on when another opsloop freezes in the middle of a transaction: the database takes that back', async () => {
  const place = pgPlace();
  const store = await place.open();
  const limits = { connections: 1, connectMs: 1000, statementMs: 5000, lockWaitMs: 5000, idleMs: -700 };
  const frozen = new pg.Client(clientConfig(place.url, limits));
  frozen.on('error', () => undefined);
  await frozen.connect();
  await frozen.query(`BEGIN; SELECT pg_advisory_xact_lock(${0x6f70736c}, 0); UPDATE audit_head SET seq = 99`);
  const from = performance.now();
  await store.incidents.open(incidentDraft(), LOOP);
  expect(performance.now() - from).toBeGreaterThan(100);
  expect(await store.audit.verify()).toMatchObject({ rows: 1, brokenAt: null });
  await expect(frozen.query('COMMIT')).rejects.toThrow();
});

it('says so when the database takes no more connections, and goes on when it does', async () => {
  const server = await startPg({ fsync: false, maxConnections: 8 });
  try {
    const url = await server.createDatabase('state');
    const store = await openStore(url);
    await store.close();
    const clients = await Promise.all(Array.from({ length: 8 }, () => somebody(url)));
    await expect(openStore(url)).rejects.toMatchObject(unavailable('no more connections'));
    await Promise.all(clients.map((client) => client.end()));
    await (await openStore(url)).close();
  } finally {
    await server.close();
  }
});

it('refuses a wrong password, a database that is not there and an address that is none, without showing the password', async () => {
  const place = pgPlace();
  await place.open();
  const wrong = new URL(place.url);
  wrong.password = 'hunter2-secret';
  const nowhere = new URL(place.url);
  nowhere.pathname = '/nowhere';
  const [refused, missing] = await Promise.all([wrong, nowhere].map((url) => openStore(url.href).catch((error: unknown) => error)));
  expect(refused).toMatchObject(unavailable('user or the password'));
  expect(missing).toMatchObject(unavailable('no such database'));
  expect(inspect([refused, missing], { depth: 9 })).not.toMatch(new RegExp(`hunter2-secret|${new URL(place.url).password}`));
  await expect(Promise.resolve().then(() => openStore('postgres://user:hunter2-secret@host:port/x'))).rejects.toMatchObject({ code: 'invalid_input' });
});

it('does not let a call that was not awaited reach the connection after its transaction', async () => {
  const store = await pgPlace().open();
  let stray: Promise<unknown> = Promise.resolve();
  const failing = store.transaction(async (tx) => {
    const slow = tx.metrics.append([]);
    stray = Promise.allSettled([tx.incidents.open(incidentDraft(), LOOP), tx.incidents.open(incidentDraft(), LOOP)]);
    await slow;
    throw new Error('on purpose');
  });
  await expect(failing).rejects.toThrow('on purpose');
  await stray;
  await sleep(20);
  expect(await store.incidents.list({ limit: 9 })).toEqual([]);
  expect(await store.audit.verify()).toMatchObject({ rows: 0 });
});

it('has words for what PostgreSQL can say, and leaves other errors alone', () => {
  for (const code of [
    '53100',
    '53200',
    '53300',
    '25006',
    '25P03',
    '57014',
    '55P03',
    '40001',
    '40P01',
    '28P01',
    '3D000',
    '42501',
    '58030',
    'XX001',
    '57P01',
    '08006',
    'ECONNREFUSED',
  ])
    expect(storeError(Object.assign(new Error('text'), { code })), code).toMatchObject({ code: 'unavailable', hint: expect.any(String) as string });
  expect(storeError(Object.assign(new Error('disk full'), { code: '53100' }))).toMatchObject(unavailable('full'));
  for (const other of [
    new Error('on purpose'),
    Object.assign(new Error('syntax'), { code: '42601' }),
    Object.assign(new Error('odd'), { code: 'ERR_INVALID_ARG_TYPE' }),
  ])
    expect(storeError(other)).toBe(other);
});
