import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import type { Notice } from '../../src/domain/notice.ts';
import { silentLog } from '../../src/log.ts';
import { createWatchdog } from '../../src/metrics/watchdog.ts';
import { T0 } from '../support/make.ts';
import { tempStore } from '../support/store.ts';

const MINUTE = 60_000;

async function open(pingUrl: string | null) {
  const store = await tempStore();
  const said: string[] = [];
  let nowMs = 0;
  const outbox = {
    ...store.outbox,
    add: async (notice: Notice, atMs: number) => {
      said.push('note' in notice ? notice.note.text : notice.type);
      await store.outbox.add(notice, atMs);
    },
  };
  const watchdog = createWatchdog({ store: { outbox }, clock: { now: () => T0 }, log: silentLog, pingUrl, lateMs: 2.5 * MINUTE, time: () => nowMs });
  return { watchdog, said, pass: (ms: number) => (nowMs += ms) };
}

it('tells the channel once when two ticks are missed, and once when the loop is back', async () => {
  const { watchdog, said, pass } = await open(null);
  for (let n = 0; n < 5; n += 1) {
    pass(MINUTE);
    await watchdog.check();
    await watchdog.ticked();
  }
  expect(said).toEqual([]);
  pass(2 * MINUTE);
  await watchdog.check();
  expect(said).toEqual([]);
  pass(MINUTE);
  await watchdog.check();
  await watchdog.check();
  expect(said).toEqual([expect.stringMatching(/^The loop has not run for 3 min/)]);
  pass(4 * MINUTE);
  await watchdog.ticked();
  await watchdog.ticked();
  expect(said.slice(1)).toEqual(['The loop runs again, after 7 min.']);
});

it('pings whoever watches from outside after each tick, and goes on when they are away', async () => {
  let pings = 0;
  const server = createServer((_request, response) => {
    pings += 1;
    response.end('ok');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const { watchdog } = await open(`http://127.0.0.1:${(server.address() as AddressInfo).port}/ping`);
  await watchdog.ticked();
  await watchdog.ticked();
  expect(pings).toBe(2);
  const { watchdog: lonely } = await open('http://127.0.0.1:1/ping');
  await lonely.ticked();
});
