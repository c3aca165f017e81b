import { readdirSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it, onTestFinished } from 'vitest';
import { builtIn } from '../../src/cli/sandbox.ts';
import { system } from '../../src/domain/actor.ts';
import { createToken } from '../../src/loop/tokens.ts';
import { World } from '../support/world.ts';

const HOURS = Number(process.env.OPSLOOP_SOAK_HOURS ?? 24); // simulated
const REAL_MAX_MS = 9.5 * 60_000;
const HALF_HOUR_MIN = 30;
const ALARMS = 50;
const long = it.runIf(process.env.OPSLOOP_LONG);

interface Measured {
  readonly heapMb: number;
  readonly rssMb: number;
  readonly usedMb: number; // of the database
  readonly handles: number; // sockets, files, timers that keep the process alive
  readonly files: number; // descriptors, where the system tells
}

async function measure(world: World): Promise<Measured> {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  const { heapUsed, rss } = process.memoryUsage();
  const { used = 0 } = await world.sandbox.app.store.bytes();
  return {
    heapMb: heapUsed / 1_048_576,
    rssMb: rss / 1_048_576,
    usedMb: used / 1_048_576,
    handles: process.getActiveResourcesInfo().length,
    files: process.platform === 'linux' ? readdirSync('/proc/self/fd').length : 0,
  };
}

const words = (one: Measured): string =>
  `heap ${one.heapMb.toFixed(0)} MB, rss ${one.rssMb.toFixed(0)} MB, database ${one.usedMb.toFixed(1)} MB, ${one.handles} handles, ${one.files} files`;

long(
  `${HOURS} simulated hours under load leave memory, database and handles as they were`,
  async () => {
    const startedMs = performance.now();
    const world = await World.start({ ...builtIn('bad-config'), faults: [] }, { store: { keep_metrics_h: 2 } });
    onTestFinished(() => world.stop());
    const { app } = world.sandbox;
    const spec = { name: 'soak', userId: null, scopes: ['ingest', 'read', 'detect'] as const };
    const { secret } = await createToken(app.store, world.clock, { next: () => 'token_soak' }, spec, system('test'));
    const headers = { authorization: `Bearer ${secret}` };
    const hour = async (n: number): Promise<void> => {
      for (const state of ['alarm', 'ok'] as const) {
        const alarms = Array.from({ length: ALARMS }, (_, k) => ({ name: `soak-${k}`, state, resource: 'ecs/checkout', id: `${n}-${k}-${state}` }));
        expect((await app.http.inject({ method: 'POST', url: '/webhooks/generic', headers, payload: { alarms } })).statusCode).toBe(200);
        for (const url of ['/api/status', '/api/incidents', '/metrics', '/api/patterns/search?q=cpu'])
          expect((await app.http.inject({ url, headers })).statusCode).toBe(200);
        await app.http.inject({
          method: 'POST',
          url: '/api/agents/detect/run',
          headers: { ...headers, prefer: 'wait=30', 'idempotency-key': `${n}-${state}` },
        });
        await world.pass(HALF_HOUR_MIN);
      }
    };
    const warm = Math.ceil(HOURS / 4); // until caches are filled and what is too old goes
    for (let n = 0; n < warm; n += 1) await hour(n);
    const before = await measure(world);
    for (let n = warm; n < HOURS; n += 1) await hour(n);
    const after = await measure(world);
    const tookMs = performance.now() - startedMs;
    process.stdout.write(`soak: after ${warm} h ${words(before)}; after ${HOURS} h ${words(after)}; ${(tookMs / 1000).toFixed(0)} s\n`);
    expect(after.heapMb - before.heapMb).toBeLessThan(40); // the simulated Slack lives in this process and fills up to its bounds
    expect(after.rssMb - before.rssMb).toBeLessThan(150);
    expect((after.usedMb - before.usedMb) / (HOURS - warm)).toBeLessThan(1); // an hour: the audit and the incidents stay
    expect(after.handles - before.handles).toBeLessThan(10);
    expect(after.files - before.files).toBeLessThan(10);
    expect((await app.store.incidents.list({ limit: 1000 })).length).toBeGreaterThan(0);
    expect(tookMs).toBeLessThan(REAL_MAX_MS);
  },
  REAL_MAX_MS + 60_000,
);
