import { describe, expect, it } from 'vitest';
import { system } from '../../src/domain/actor.ts';
import { OpsError } from '../../src/domain/errors.ts';
import { silentLog } from '../../src/log.ts';
import type { Ops } from '../../src/loop/ops.ts';
import type { Stage } from '../../src/loop/stage.ts';
import { createRounds, TickHealth } from '../../src/loop/tick.ts';
import { alone } from '../../src/replicas/alone.ts';
import { ManualClock } from '../../src/sandbox/clock.ts';
import { plainStep } from '../../src/telemetry/steps.ts';
import { anomaly, MINUTE, T0 } from '../support/make.ts';
import { tempStore } from '../support/store.ts';

/** As much of Ops as the tick needs: a real store, a clock in the test's hands. */
async function bench() {
  const clock = new ManualClock(T0);
  const store = await tempStore({ clock });
  const health = new TickHealth();
  const ops = { store, clock, log: silentLog, health, step: plainStep, replicas: alone('a') } as unknown as Ops;
  const open = async (resourceId: string) => {
    const one = anomaly(resourceId, { id: `anomaly-${resourceId}` });
    await store.anomalies.save([one]);
    const draft = {
      title: resourceId,
      severity: 0.5,
      service: null,
      environment: null,
      resourceIds: [resourceId],
      openedAtMs: T0,
      startedAtMs: T0,
      anomalyIds: [one.id],
    };
    return await store.incidents.open(draft, system('test'));
  };
  return { clock, store, health, ops, open };
}

describe('rounds between ticks', () => {
  /** A stage that says how many of its kind run at once, and how often. */
  function counted(name: string, seen: { running: number; most: number; ran: string[] }): Stage {
    const run = async (): Promise<void> => {
      seen.running += 1;
      seen.most = Math.max(seen.most, seen.running);
      await new Promise((resolve) => setTimeout(resolve, 20));
      seen.running -= 1;
      seen.ran.push(name);
    };
    return { name, run };
  }

  it('run soon when hurried, once for many calls, never beside a tick, and are no tick for whoever watches', async () => {
    const { ops, health } = await bench();
    const seen = { running: 0, most: 0, ran: [] as string[] };
    const rounds = createRounds(ops, [counted('everything', seen)], [counted('urgent', seen)]);
    for (let n = 0; n < 1000; n += 1) rounds.hurry();
    await expect.poll(() => seen.ran, { timeout: 4000, interval: 5 }).toEqual(['urgent']);
    expect(health.lastTickAtMs).toBeNull();
    rounds.hurry();
    await Promise.all([rounds.tick(), rounds.tick()]);
    await expect.poll(() => seen.ran, { timeout: 8000, interval: 20 }).toEqual(['urgent', 'everything', 'urgent']);
    expect(seen.most).toBe(1);
    await rounds.close();
  }, 15_000);

  it('end with the loop: what is under way is waited for, and nothing new begins', async () => {
    const { ops } = await bench();
    const seen = { running: 0, most: 0, ran: [] as string[] };
    const rounds = createRounds(ops, [counted('everything', seen)], [counted('urgent', seen)]);
    rounds.hurry();
    const ticking = rounds.tick();
    await rounds.close();
    expect(seen.ran).toEqual(['everything']);
    await ticking;
  });
});

describe('the tick', () => {
  it('runs the stages in order, and goes on after one that fails as a whole', async () => {
    const { ops, health } = await bench();
    const ran: string[] = [];
    const stages: Stage[] = [
      { name: 'one', run: async () => void ran.push('one') },
      {
        name: 'two',
        run: async () => {
          throw new OpsError('unavailable', 'the source is away');
        },
      },
      { name: 'three', run: async () => void ran.push('three') },
    ];
    await createRounds(ops, stages).tick();
    expect(ran).toEqual(['one', 'three']);
    expect(health).toMatchObject({ errors: 1, lastError: 'two: the source is away', lastTickAtMs: T0 });
  });

  it('never overlaps: a call during a tick waits for that tick and starts none', async () => {
    const { ops } = await bench();
    let running = 0;
    let most = 0;
    let ticks = 0;
    const slow: Stage = {
      name: 'slow',
      run: async () => {
        running += 1;
        ticks += 1;
        most = Math.max(most, running);
        await new Promise((resolve) => setTimeout(resolve, 20));
        running -= 1;
      },
    };
    const { tick } = createRounds(ops, [slow]);
    await Promise.all([tick(), tick(), tick()]);
    expect({ most, ticks }).toEqual({ most: 1, ticks: 1 });
    await tick();
    expect(ticks).toBe(2);
  });

  it('tries a stage that fails on an incident again with back-off, shows it on the card, and leaves the others alone', async () => {
    const { ops, clock, store, open } = await bench();
    const sick = await open('ecs/sick');
    const well = await open('ecs/well');
    const calls: string[] = [];
    let broken = true;
    const stage: Stage = {
      name: 'analyse',
      states: ['open'],
      each: async (_ops, incident) => {
        calls.push(incident.id);
        if (incident.id === sick.id && broken) throw new Error('boom');
      },
    };
    const { tick } = createRounds(ops, [stage]);
    const callsOf = (id: string): number => calls.filter((call) => call === id).length;

    await tick();
    expect(callsOf(well.id)).toBe(1);
    expect((await store.incidents.get(sick.id))?.failedStage).toBeNull(); // once may be chance
    await tick();
    expect(callsOf(sick.id)).toBe(1); // not before a minute has passed
    expect(callsOf(well.id)).toBe(2);

    clock.advance(MINUTE);
    await tick();
    expect((await store.incidents.get(sick.id))?.failedStage).toMatchObject({ stage: 'analyse', attempts: 2, error: 'Something went wrong inside opsloop.' });
    expect(await store.outbox.size()).toBe(1);

    clock.advance(MINUTE);
    await tick();
    expect(callsOf(sick.id)).toBe(2); // two minutes now
    clock.advance(MINUTE);
    broken = false;
    await tick();
    expect((await store.incidents.get(sick.id))?.failedStage).toBeNull();
  });

  it('gives up after five tries, and says so', async () => {
    const { ops, clock, store, open } = await bench();
    const sick = await open('ecs/sick');
    let calls = 0;
    const stage: Stage = {
      name: 'match',
      states: ['open'],
      each: async () => {
        calls += 1;
        throw new OpsError('unavailable', 'the knowledge base does not answer');
      },
    };
    const { tick } = createRounds(ops, [stage]);
    for (let minute = 0; minute < 60; minute += 1) {
      await tick();
      clock.advance(MINUTE);
    }
    expect(calls).toBe(5);
    expect((await store.incidents.get(sick.id))?.failedStage).toMatchObject({ attempts: 5, error: 'the knowledge base does not answer' });
  });
});
