import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { OpsError } from '../../src/domain/errors.ts';
import { backoffMs } from '../../src/slack/delivery.ts';
import { waitMsOf } from '../../src/slack/errors.ts';
import { createLocks } from '../../src/slack/locks.ts';
import { createPace } from '../../src/slack/pace.ts';
import { createWorkers } from '../../src/slack/workers.ts';

/** Time that passes only when somebody sleeps; sleepers wake in the order of their moments. */
function handTime() {
  const sleepers: { readonly atMs: number; readonly wake: () => void }[] = [];
  const time = { nowMs: 0, now: () => time.nowMs, sleep: (ms: number) => new Promise<void>((wake) => void sleepers.push({ atMs: time.nowMs + ms, wake })) };
  const run = async (): Promise<void> => {
    for (;;) {
      await new Promise((resolve) => setImmediate(resolve));
      sleepers.sort((a, b) => a.atMs - b.atMs);
      const next = sleepers.shift();
      if (next === undefined) return;
      time.nowMs = Math.max(time.nowMs, next.atMs);
      next.wake();
    }
  };
  return { time, run };
}

describe('pace', () => {
  test('never two messages in one channel within the pace, whatever comes when; each channel by itself', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.record({ channel: fc.constantFrom('C1', 'C2'), afterMs: fc.nat(1500) }), { maxLength: 20 }), async (wishes) => {
        const { time, run } = handTime();
        const pace = createPace(1000, time);
        const sent = new Map<string, number[]>();
        const all = wishes.map(async ({ channel, afterMs }) => {
          await time.sleep(afterMs);
          await pace.turn(channel);
          sent.set(channel, [...(sent.get(channel) ?? []), time.now()]);
        });
        await run();
        await Promise.all(all);
        expect([...sent.values()].flat()).toHaveLength(wishes.length);
        for (const times of sent.values()) for (const [index, at] of times.entries()) expect(at - (times[index - 1] ?? -1000)).toBeGreaterThanOrEqual(1000);
      }),
      { numRuns: 50 },
    );
  });

  test('a channel on hold waits as long as Slack said', async () => {
    const { time, run } = handTime();
    const pace = createPace(1000, time);
    pace.hold('C1', 30_000);
    const turn = pace.turn('C1').then(() => time.now());
    await run();
    expect(await turn).toBe(30_000);
  });
});

test('a failed delivery waits ever longer, up to five minutes', () => {
  expect([0, 1, 2, 3].map((attempts) => backoffMs(attempts, 1000))).toEqual([1000, 2000, 4000, 8000]);
  expect(backoffMs(1_000_000, 1000)).toBe(300_000);
});

test('"limited" says how long to wait; nothing else does', () => {
  expect(waitMsOf(new OpsError('limited', 'slow', 'Trying again in 12 s.'))).toBe(12_000);
  expect(waitMsOf(new OpsError('limited', 'slow'))).toBe(1000);
  expect(waitMsOf(new OpsError('unavailable', 'gone', 'Trying again in 12 s.'))).toBeNull();
});

test('a lock lets one at a time through for each key, in order, also past a failure', async () => {
  const lock = createLocks();
  const seen: string[] = [];
  const slow = (name: string, ms: number) => async () => {
    seen.push(`${name} begins`);
    await new Promise((resolve) => setTimeout(resolve, ms));
    seen.push(`${name} ends`);
    if (name === 'b') throw new Error('b fails');
  };
  const all = [lock('k', slow('a', 10)), lock('k', slow('b', 1)), lock('k', slow('c', 1)), lock('other', slow('d', 0))];
  expect((await Promise.allSettled(all)).map((one) => one.status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled']);
  expect(seen.filter((line) => !line.startsWith('d'))).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
});

test('workers do so many at once, keep so many waiting, and refuse the rest', async () => {
  const workers = createWorkers(2, 1);
  const releases: (() => void)[] = [];
  let most = 0;
  let running = 0;
  const work = async (): Promise<void> => {
    running += 1;
    most = Math.max(most, running);
    await new Promise<void>((resolve) => void releases.push(resolve));
    running -= 1;
  };
  expect([1, 2, 3, 4].map(() => workers.run(work))).toEqual([true, true, true, false]);
  await expect.poll(() => releases.length).toBe(2);
  for (const release of releases) release();
  await expect.poll(() => releases.length).toBe(3);
  releases[2]?.();
  await workers.idle(1000);
  expect({ most, running }).toEqual({ most: 2, running: 0 });
});
