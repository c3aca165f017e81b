import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { user } from '../../src/domain/actor.ts';
import { createDetectionEngine } from '../../src/loop/detection/engine.ts';
import { pgPlace, testServer } from './place.ts';
import { createDatabase } from './server.ts';
import { ANA, POLICY, planFor, seriesUntil, teamDesk } from './team.ts';

const soon = { timeout: 15_000, interval: 25 };

function desk() {
  const made = createDatabase(testServer(), `team_${randomBytes(6).toString('hex')}`);
  return teamDesk(() => made);
}

describe('several opsloops on one PostgreSQL', () => {
  it('run a plan once, by the one that leads, though another took the approval; a pause in one cuts it off in the other within a second', async () => {
    const team = desk();
    const [a, b] = [await team.join(), await team.join()];
    expect([a.core.replicas.leads(), b.core.replicas.leads()]).toEqual([true, false]);
    let begun = 0;
    let cutAfterMs = Number.NaN;
    team.target.before = async (signal) => {
      begun = performance.now();
      await sleep(20_000, undefined, { signal }).catch(() => undefined);
      cutAfterMs = performance.now();
      throw new Error('cut off');
    };
    const plan = await planFor(b, 'rollback_deploy', 'ecs/one');
    await b.core.verbs.approve(plan.id, user(ANA), { digest: null, via: 'api' });
    await vi.waitFor(() => expect(begun).toBeGreaterThan(0), soon);
    const pausedAtMs = performance.now();
    const pausing = b.core.verbs.pause('all', 'stop', user(ANA));
    await vi.waitFor(() => expect(cutAfterMs).not.toBeNaN(), soon);
    await pausing;
    expect(cutAfterMs - pausedAtMs).toBeLessThan(1000);
    expect(team.target.executions(plan)).toEqual([]);
  });

  it('do not take a plan for crashed that a living one runs, and look one up that a dead one had claimed', async () => {
    const team = desk();
    const [a, b] = [await team.join(), await team.join()];
    const { promise: go, resolve: finish } = Promise.withResolvers<void>();
    team.target.after = () => go;
    const plan = await planFor(a, 'rollback_deploy', 'ecs/one');
    await a.core.verbs.approve(plan.id, user(ANA), { digest: null, via: 'api' });
    await vi.waitFor(async () => expect((await b.store.plans.get(plan.id))?.state).toBe('running'), soon);
    await b.core.executor.recover();
    expect((await b.store.plans.get(plan.id))?.state).toBe('running');
    await a.store.leases.leave(a.core.replicas.id); // as if it had not been heard of any more
    await b.core.executor.recover();
    expect((await b.store.plans.get(plan.id))?.state).toBe('verifying'); // the target says that it ran
    finish();
    await a.core.executor.idle();
    expect(team.target.executions(plan)).toHaveLength(1);
  });

  it('hold back what one of their policies would not let run, and say that they differ', async () => {
    const team = desk();
    const a = await team.join({ policy: { ...POLICY, auto_fix: true } });
    const b = await team.join({ policy: { ...POLICY, auto_fix: false } });
    await vi.waitFor(() => expect(a.core.replicas.others()).toHaveLength(1), soon);
    const plan = await planFor(a, 'restart_service', 'ecs/one');
    expect([plan.risk, plan.state, plan.approvalsNeeded]).toEqual(['low', 'awaiting_approval', 1]);
    await a.core.tick();
    await vi.waitFor(async () => {
      const notices = await a.store.outbox.take(Date.now() + 60_000, 100);
      expect(notices.map(({ notice }) => (notice.type === 'channel' ? notice.note.code : ''))).toContain('replicas.policies_differ');
    }, soon);
    await b.close();
    await vi.waitFor(() => expect(a.core.replicas.others()).toHaveLength(0), soon);
    expect((await planFor(a, 'restart_service', 'ecs/two')).approvalsNeeded).toBe(0);
  });

  it('detect together what one alone detects, also when one leaves in the middle, with clocks four minutes apart', async () => {
    const fromMs = Math.floor(Date.now() / 60_000) * 60_000 - 90 * 60_000;
    const series = seriesUntil(30, fromMs, 90, 86);
    const cut = (from: number, to: number) => series.map((one) => ({ ...one, points: one.points.slice(from, to) }));
    const alone = await pgPlace().open();
    const engine = createDetectionEngine(alone);
    const team = desk();
    const [a, b, c] = [await team.join({ skewMs: -120_000 }), await team.join({ skewMs: 120_000 }), await team.join()];
    await vi.waitFor(async () => expect((await a.core.replicas.list()).map((one) => one.shards).toSorted()).toEqual([21, 21, 22]), soon);
    for (const [from, to] of [
      [0, 80],
      [80, 86],
      [86, 87],
      [87, 88],
      [88, 90],
    ] as const) {
      await alone.metrics.append(cut(from, to));
      await a.store.metrics.append(cut(from, to));
      const nowMs = Date.now();
      await engine.run(nowMs);
      if (to === 88) await c.close(); // the last minutes are new: at first sight of a series, older points only teach
      await a.core.verbs.detect(user(ANA));
    }
    await vi.waitFor(async () => expect((await a.core.replicas.list()).map((one) => one.shards)).toEqual([32, 32]), soon);
    await a.core.verbs.detect(user(ANA)); // what had changed hands meanwhile
    const told = async (store: typeof alone) =>
      (await store.anomalies.between({ fromMs: 0, toMs: Date.now() }, 1000)).map(({ id, key, method, severity }) => ({ id, key, method, severity }));
    const expected = (await told(alone)).toSorted((x, y) => (x.id < y.id ? -1 : 1));
    expect(expected.length).toBeGreaterThan(3);
    expect((await told(a.store)).toSorted((x, y) => (x.id < y.id ? -1 : 1))).toEqual(expected);
    expect(b.core.replicas.leads()).toBe(false);
  });

  it('answer for the leader: who is asked to detect has the leader do it, and knows how the loop goes', async () => {
    const team = desk();
    const points = seriesUntil(3, Date.now() - 300_000, 4, 99);
    const metrics = { name: 'm', read: async () => ({ items: points, completeUntilMs: Date.now(), gaps: ['half of it'] }) };
    const [a, b] = [await team.join({ metrics }), await team.join()];
    await a.core.tick();
    expect(await b.core.verbs.collect(user(ANA))).toMatchObject({ points: 0, gaps: ['half of it'] });
    expect((await b.core.verbs.detect(user(ANA))).collected.gaps).toEqual(['half of it']);
    const status = await b.core.verbs.status();
    expect(status.sources.map((source) => source.name)).toEqual(['m']);
    expect(status.replicas?.map((one) => one.leads)).toEqual([true, false]);
    await b.core.tick(); // not its to do
    expect(status.lastTickAtMs).not.toBeNull();
  });
});
