import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import fc from 'fast-check';
import pg from 'pg';
import { expect, it } from 'vitest';
import { user } from '../../src/domain/actor.ts';
import type { Store } from '../../src/domain/store.ts';
import { incidentDraft, LOOP } from '../contracts/store/drafts.ts';
import { pgPlace } from './place.ts';

const CHILD = new URL('../store/child.ts', import.meta.url).pathname;
const ROUNDS = process.env['OPSLOOP_LONG'] ? 25 : 2;

/** Starts a writer, kills it with SIGKILL when `when` says so, and returns the last line it wrote. */
async function kill(url: string, what: 'hang' | 'loop', when: (line: string) => boolean): Promise<string> {
  const child = spawn(process.execPath, [CHILD, url, what], { stdio: ['ignore', 'pipe', 'inherit'] });
  const gone = once(child, 'exit');
  let last = '';
  for await (const line of createInterface({ input: child.stdout })) {
    last = line;
    if (when(line)) child.kill('SIGKILL');
  }
  expect((await gone)[1]).toBe('SIGKILL');
  return last;
}

/** What each transaction of the child writes together must be there together. */
async function whole(store: Store): Promise<number> {
  const incidents = await store.incidents.list({ limit: 10_000 });
  expect(await store.outbox.size()).toBe(incidents.length);
  expect(await store.audit.verify()).toMatchObject({ rows: incidents.length, brokenAt: null });
  expect((await store.metrics.appendedSince(0, 1_000_000)).sequence).toBe(incidents.length * 2);
  return incidents.length;
}

it('is whole, and lets others go on at once, wherever a process is killed', async () => {
  const place = pgPlace();
  const store = await place.open();
  await kill(place.url, 'hang', (line) => line === 'half way');
  const from = performance.now();
  expect(await whole(store)).toBe(0);
  await store.watermarks.set('mine', 1);
  expect(performance.now() - from).toBeLessThan(3000);
  for (let round = 0; round < ROUNDS; round++) {
    const fresh = pgPlace();
    const look = await fresh.open();
    const until = 1 + ((round * 7) % 23);
    const said = Number(await kill(fresh.url, 'loop', (line) => Number(line) >= until));
    expect(await whole(look)).toBeGreaterThanOrEqual(said);
  }
});

it('counts right with three processes writing at once, beside other changes of each', async () => {
  const place = pgPlace();
  const store = await place.open();
  const children = Array.from({ length: 3 }, () => spawn(process.execPath, [CHILD, place.url, 'count', '40'], { stdio: ['ignore', 'inherit', 'inherit'] }));
  const gone = children.map((child) => once(child, 'exit'));
  let opened = 0;
  for (; opened < 30; opened++) await store.incidents.open(incidentDraft(), LOOP);
  for (const exit of gone) expect((await exit)[0]).toBe(0);
  expect(await store.watermarks.get('counter')).toBe(120);
  expect(await store.audit.verify()).toMatchObject({ rows: 30, brokenAt: null });
});

it('chains the audit, numbers incidents and hands out notices once, however many connections do it at the same time', async () => {
  const place = pgPlace();
  const stores = await Promise.all(Array.from({ length: 4 }, () => place.open()));
  const all = stores.flatMap((store) => Array.from({ length: 10 }, () => store));
  const incidents = await Promise.all(all.map((store) => store.incidents.open(incidentDraft(), LOOP)));
  expect(new Set(incidents.map(({ id }) => id)).size).toBe(40);
  await Promise.all(incidents.map(({ id }, n) => stores[n % 4]?.outbox.add({ type: 'incident', incidentId: id }, 1)));
  const taken = (await Promise.all(all.map((store) => store.outbox.take(1, 3)))).flat();
  expect(taken).toHaveLength(40);
  expect(new Set(taken.map(({ id }) => id)).size).toBe(40);
  const moved = await Promise.all(
    stores.map((store) => store.incidents.move('INC-1', { from: ['open'], to: 'analysed', actor: LOOP, verb: 'incident.analysed', atMs: 2 })),
  );
  expect(moved.filter((each) => each !== null)).toHaveLength(1);
  expect(await stores[0]?.audit.verify()).toMatchObject({ rows: 41, brokenAt: null });
});

it('lets readers who follow along miss nothing, whatever the order in which writers commit', async () => {
  const place = pgPlace();
  const [reader, ...writers] = await Promise.all(Array.from({ length: 4 }, () => place.open()));
  if (reader === undefined) throw new Error('there must be a reader');
  const alarm = (id: string) => ({ id, name: 'a', state: 'alarm' as const, timestampMs: 1, resourceId: null, metric: null, reason: '' });
  const seen = new Set<string>();
  let writing = true;
  const following = (async () => {
    for (let after = 0; ; ) {
      const last = !writing;
      const { alarms, sequence } = await reader.signals.alarmsSince(after, 50);
      for (const { id } of alarms) seen.add(id);
      if (last && sequence === after) return;
      after = sequence;
    }
  })();
  await Promise.all(
    writers.map(async (store, w) => {
      for (let n = 0; n < 25; n++) await store.signals.appendAlarms([alarm(`${w}-${n}`), alarm(`${w}-${n}-b`)]);
    }),
  );
  writing = false;
  await following;
  expect(seen.size).toBe(150);
});

it('refuses to change, remove or empty the audit, and finds what somebody with all rights did to it', async () => {
  const rows = 12;
  const change = fc.constantFrom(
    ...[
      'at_ms = at_ms + 1',
      "actor = replace(actor, 'U', 'V')",
      "verb = 'plan.rejected'",
      "subject = subject || ' '",
      "detail = 'no json'",
      'hash = upper(hash)',
    ].map((set) => (seq: number) => `UPDATE audit SET ${set} WHERE seq = ${seq}`),
    (seq: number) => `DELETE FROM audit WHERE seq = ${seq}`,
  );
  const place = pgPlace();
  const store = await place.open();
  const admin = new pg.Client({ connectionString: place.url });
  await admin.connect();
  await store.transaction(async (tx) => {
    for (let n = 1; n <= rows; n++) await tx.audit.append({ actor: user(`U${n}`), verb: 'plan.approval', subject: `PLAN-${n % 3}`, detail: { n } }, 1000 + n);
  });
  await expect(admin.query("UPDATE audit SET verb = 'x' WHERE seq = 1")).rejects.toThrow('audit rows are never changed');
  await expect(admin.query('DELETE FROM audit WHERE seq = 1')).rejects.toThrow('audit rows are never removed');
  await expect(admin.query('TRUNCATE audit')).rejects.toThrow('audit rows are never removed');
  const again =
    'INSERT INTO audit (seq, at_ms, actor, verb, subject, detail, prev_hash, hash) SELECT 99, at_ms, actor, verb, subject, detail, prev_hash, hash FROM audit WHERE seq = 1';
  await expect(admin.query(again)).rejects.toThrow('only added at the end');
  await admin.query('CREATE TABLE kept AS SELECT seq, at_ms, actor, verb, subject, detail, prev_hash, hash FROM audit; ALTER TABLE audit DISABLE TRIGGER USER');
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: rows }), change, async (seq, sql) => {
      await admin.query(sql(seq));
      const report = await store.audit.verify();
      await admin.query('DELETE FROM audit; INSERT INTO audit (seq, at_ms, actor, verb, subject, detail, prev_hash, hash) SELECT * FROM kept');
      expect(report.brokenAt).toBe(seq);
    }),
    { numRuns: 12 },
  );
  expect(await store.audit.verify()).toMatchObject({ rows, brokenAt: null });
  await admin.end();
});
