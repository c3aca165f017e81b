import pg from 'pg';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { startPg } from './server.ts';
import { teamDesk } from './team.ts';

const soon = { timeout: 30_000, interval: 50 };

describe('replicas whose database has trouble', () => {
  it('lead no more while it is gone or read only, and one leads and ticks again within ten seconds of its return', async () => {
    const server = await startPg({ fsync: false });
    onTestFinished(() => server.close());
    const url = await server.createDatabase('team');
    const team = teamDesk(async () => url);
    const [a, b] = [await team.join(), await team.join()];
    const leaders = (): number => [a, b].filter((one) => one.core.replicas.leads()).length;
    const ticksAgain = async (): Promise<number> => {
      const sinceMs = performance.now();
      await vi.waitFor(() => expect(leaders()).toBe(1), soon);
      const leader = a.core.replicas.leads() ? a : b;
      const before = leader.core.health.lastTickAtMs ?? 0;
      await leader.core.tick();
      expect(leader.core.health.lastTickAtMs ?? 0).toBeGreaterThan(before);
      return performance.now() - sinceMs;
    };
    await server.halt('crash');
    await vi.waitFor(() => expect(leaders()).toBe(0), soon);
    await server.start();
    expect(await ticksAgain()).toBeLessThan(10_000);

    const admin = new pg.Client({ connectionString: server.url });
    admin.on('error', () => undefined);
    await admin.connect();
    const set = async (how: string): Promise<void> => {
      await admin.query(`ALTER DATABASE team ${how}`);
      await admin.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'team'");
    };
    await set('SET default_transaction_read_only = on');
    await vi.waitFor(() => expect(leaders()).toBe(0), soon);
    await set('RESET default_transaction_read_only');
    expect(await ticksAgain()).toBeLessThan(10_000);
    await admin.end();
  });
});
