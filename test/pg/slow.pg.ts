import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { user } from '../../src/domain/actor.ts';
import { Intake } from '../../src/http/webhooks/intake.ts';
import { pgPlace } from './place.ts';
import { startProxy } from './proxy.ts';
import { ANA, planFor, teamDesk } from './team.ts';

const SLOW_MS = 100;
const ALARM = { id: 'alarm', name: 'cpu', state: 'alarm' as const, timestampMs: 1, resourceId: null, metric: null, reason: 'busy' };
const soon = { timeout: 30_000, interval: 50 };

describe('replicas whose database is slow', () => {
  it('keep their leader while each statement takes long, act once, in a stall lead no more and refuse alarms in time, and one leads and ticks within ten seconds after it', async () => {
    const place = pgPlace();
    const direct = await place.open();
    const proxy = await startProxy(place.url);
    onTestFinished(() => proxy.close());
    const team = teamDesk(async () => proxy.url);
    const [a, b] = [await team.join(), await team.join()];
    onTestFinished(() => proxy.slow(0)); // called first: taking leave goes through it
    const leads = (): boolean[] => [a, b].map((one) => one.core.replicas.leads());
    const plan = await planFor(b, 'rollback_deploy', 'ecs/one');
    const changes: boolean[] = [];
    for (const one of [a, b]) one.core.replicas.onChange((now) => changes.push(now));

    proxy.slow(SLOW_MS);
    await b.core.verbs.approve(plan.id, user(ANA), { digest: null, via: 'api' });
    await vi.waitFor(() => expect(team.target.executions(plan)).toHaveLength(1), soon);
    expect(leads()).toEqual([true, false]);
    expect(changes).toEqual([]);

    proxy.slow(Number.POSITIVE_INFINITY);
    const stalledMs = performance.now();
    const intake = new Intake(b.store);
    await expect(intake.add([ALARM])).rejects.toMatchObject({ code: 'unavailable' });
    expect(performance.now() - stalledMs).toBeLessThan(12_000); // before its sender gives up
    await vi.waitFor(() => expect(leads()).toEqual([false, false]), soon);
    proxy.slow(0);
    const freeMs = performance.now();
    await vi.waitFor(() => expect(leads().filter(Boolean)).toHaveLength(1), soon);
    await (a.core.replicas.leads() ? a : b).core.tick();
    expect(performance.now() - freeMs).toBeLessThan(10_000);
    expect(team.target.executions(plan)).toHaveLength(1);
    await vi.waitFor(() => intake.add([ALARM]), soon);
    expect((await direct.signals.alarmsSince(0, 10)).alarms).toEqual([ALARM]);
    expect((await direct.audit.verify()).brokenAt).toBeNull();
  });
});
