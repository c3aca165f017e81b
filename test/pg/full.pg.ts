import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { user } from '../../src/domain/actor.ts';
import { Intake } from '../../src/http/webhooks/intake.ts';
import { tightDisk } from './disk.ts';
import { startPg } from './server.ts';
import { ANA, planFor, teamDesk } from './team.ts';

const soon = { timeout: 15_000, interval: 25 };
const FULL = { code: 'unavailable', message: expect.stringContaining('full') as string };
const MOST_ALARMS = 5000;

const alarm = (id: string) => ({ id, name: 'cpu', state: 'alarm' as const, timestampMs: 1, resourceId: null, metric: null, reason: 'lorem '.repeat(300) });

describe('replicas whose database has no room left', () => {
  it('refuse alarms and approvals in words, keep nothing by half, stop what runs when told to, and go on by themselves once there is room', async () => {
    const server = await startPg({ fsync: false });
    onTestFinished(() => server.close());
    const disk = await tightDisk(server);
    const team = teamDesk(async () => disk.url);
    const [a, b] = [await team.join(), await team.join()];
    const { promise: go, resolve: finish } = Promise.withResolvers<void>();
    team.target.after = () => go;
    const done = await planFor(b, 'rollback_deploy', 'ecs/one');
    const waiting = await planFor(b, 'rollback_deploy', 'ecs/two');
    await b.core.verbs.approve(done.id, user(ANA), { digest: null, via: 'api' });
    await vi.waitFor(() => expect(team.target.executions(done)).toHaveLength(1), soon);

    await disk.fill();
    const intake = new Intake(b.store);
    const taken: string[] = [];
    let refusal: unknown = null;
    for (let n = 0; n < MOST_ALARMS && refusal === null; n++) {
      await intake.add([alarm(`alarm-${n}`)]).then(
        () => taken.push(`alarm-${n}`),
        (error: unknown) => {
          refusal = error;
        },
      );
    }
    expect(refusal).toMatchObject(FULL);
    finish(); // the action under way ends now
    const approval = await b.core.verbs.approve(waiting.id, user(ANA), { digest: null, via: 'api' }).then(
      () => null,
      (error: unknown) => error,
    );
    if (approval !== null) expect(approval).toMatchObject(FULL);
    const kept = await b.store.plans.get(waiting.id);
    expect(kept?.approvals.length).toBe(approval === null ? 1 : 0); // a small change may find room in a page that is not full

    await disk.free();
    const sinceMs = performance.now();
    await vi.waitFor(async () => {
      const leader = [a, b].find((one) => one.core.replicas.leads());
      await leader?.core.tick();
      expect((await a.store.plans.get(done.id))?.state).toBe('verifying');
    }, soon);
    expect(performance.now() - sinceMs).toBeLessThan(10_000);
    await intake.add([alarm('after')]);
    const { alarms } = await a.store.signals.alarmsSince(0, MOST_ALARMS + 1);
    expect(alarms.map(({ id }) => id).toSorted()).toEqual([...taken, 'after'].toSorted());
    if (approval !== null) await b.core.verbs.approve(waiting.id, user(ANA), { digest: null, via: 'api' });
    await vi.waitFor(() => expect(team.target.executions(waiting)).toHaveLength(1), soon);
    expect(team.target.executions(done)).toHaveLength(1);
    expect((await a.store.audit.verify()).brokenAt).toBeNull();
  });

  it('cut off what runs here when a pause cannot be written down, and say that it was not', async () => {
    const server = await startPg({ fsync: false });
    onTestFinished(() => server.close());
    const disk = await tightDisk(server);
    const team = teamDesk(async () => disk.url);
    const a = await team.join();
    let begun = false;
    let cut = false;
    team.target.before = async (signal) => {
      begun = true;
      await sleep(20_000, undefined, { signal }).catch(() => undefined);
      cut = signal.aborted;
      throw new Error('cut off');
    };
    const plan = await planFor(a, 'rollback_deploy', 'ecs/one');
    await a.core.verbs.approve(plan.id, user(ANA), { digest: null, via: 'api' });
    await vi.waitFor(() => expect(begun).toBe(true), soon);
    await disk.refuse();
    await expect(a.core.verbs.pause('all', 'stop', user(ANA))).rejects.toMatchObject(FULL);
    await vi.waitFor(() => expect(cut).toBe(true), { timeout: 1000, interval: 5 });
    expect(team.target.executions(plan)).toEqual([]);
  });
});
