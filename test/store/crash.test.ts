import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { Worker } from 'node:worker_threads';
import { expect, it } from 'vitest';
import type { Store } from '../../src/domain/store.ts';
import { incidentDraft, LOOP } from '../contracts/store/drafts.ts';
import { storePlace } from '../support/store.ts';

const CHILD = new URL('./child.ts', import.meta.url);
const ROUNDS = process.env.OPSLOOP_LONG ? 40 : 3;

/** Starts a writer, kills it with SIGKILL when `when` says so, and returns the last line it wrote. */
async function kill(path: string, what: 'hang' | 'loop', when: (line: string) => boolean): Promise<string> {
  const child = spawn(process.execPath, [CHILD.pathname, path, what], { stdio: ['ignore', 'pipe', 'inherit'] });
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

it('leaves nothing half written when the process is killed in the middle of a transaction', async () => {
  const place = storePlace();
  await kill(place.path, 'hang', (line) => line === 'half way');
  const store = await place.open();
  expect(await whole(store)).toBe(0);
  expect((await store.incidents.open(incidentDraft(), LOOP)).id).toBe('INC-1');
});

it('keeps what it said was done, whole, wherever the process is killed', async () => {
  for (let round = 0; round < ROUNDS; round++) {
    const place = storePlace();
    const until = 1 + ((round * 7) % 23);
    const said = Number(await kill(place.path, 'loop', (line) => Number(line) >= until));
    const store = await place.open();
    const kept = await whole(store);
    expect(kept).toBeGreaterThanOrEqual(said);
    await store.close();
  }
});

it('shares the file with a worker thread that has a store of its own', async () => {
  const place = storePlace();
  const store = await place.open();
  const worker = new Worker(CHILD, { argv: [place.path, 'count', '60'] });
  const done = once(worker, 'exit');
  let mine = 0;
  for (; mine < 60; mine++) await store.transaction(async (tx) => tx.watermarks.set('counter', ((await tx.watermarks.get('counter')) ?? 0) + 1));
  expect((await done)[0]).toBe(0);
  expect(await store.watermarks.get('counter')).toBe(120);
});
