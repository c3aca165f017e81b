import { setImmediate as turn } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createWorkers } from '../../src/slack/workers.ts';
import { anIncident } from '../support/verbs.ts';
import { ANA, clock, type Desk, OPS, openDesk } from './edge.ts';

// What is counted is the order of things, not milliseconds: those say nothing on a busy machine.
const COMMANDS = 200;

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk();
  await anIncident(desk.store, clock.now());
});
afterAll(() => desk.stop());

test('of two hundred commands at once, all are acknowledged before work begins', async () => {
  const started: number[] = [];
  let acknowledged = 0;
  await Promise.all(
    Array.from({ length: COMMANDS }, async () => {
      const { ok } = await desk.slack.as(ANA).command('/ops', 'status', OPS);
      expect(ok).toBe(true);
      acknowledged += 1;
      started.push(desk.verbs.calls.filter((call) => call.verb === 'status').length);
    }),
  );
  expect(acknowledged).toBe(COMMANDS);
  expect(Math.max(...started)).toBeLessThan(COMMANDS / 10); // none, except where the machine itself is held up for a fifth of a second
  await desk.slack.waitFor('the answers', () => desk.verbs.calls.filter((call) => call.verb === 'status').length === COMMANDS, 20_000);
});

test('work waits for a few quiet turns of the event loop, and then starts one piece a turn', async () => {
  const workers = createWorkers(4, 1000, () => 0); // a machine so quick that no time passes
  const begun: number[] = [];
  let turns = 0;
  const work = async (): Promise<void> => void begun.push(turns);
  for (let arrival = 0; arrival < 6; arrival += 1) {
    workers.run(work);
    await turn();
    turns += 1;
  }
  expect(begun).toEqual([]);
  while (begun.length < 6 && turns < 100) {
    await turn();
    turns += 1;
  }
  expect(begun).toHaveLength(6);
  expect(new Set(begun).size).toBe(6);
});

test('a flood that never ends holds the work up for a moment only', async () => {
  let nowMs = 0;
  const workers = createWorkers(4, 100_000, () => (nowMs += 1));
  let done = 0;
  let turns = 0;
  for (; done === 0 && turns < 5000; turns += 1) {
    workers.run(async () => {
      done += 1;
    });
    await turn();
  }
  expect(done).toBeGreaterThan(0);
  await workers.idle(5000);
});
