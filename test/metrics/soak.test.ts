import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it, onTestFinished } from 'vitest';
import { builtIn } from '../../src/cli/sandbox.ts';
import { system } from '../../src/domain/actor.ts';
import { createToken } from '../../src/loop/tokens.ts';
import { World } from '../support/world.ts';

const HOUR_MIN = 60;
const long = it.runIf(process.env.OPSLOOP_LONG);

/** Heap in use after a collection, in MB. */
function heapMb(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  return process.memoryUsage().heapUsed / 1_048_576;
}

long('24 simulated hours under load leave memory as it was', async () => {
  const world = await World.start({ ...builtIn('bad-config'), faults: [] });
  onTestFinished(() => world.stop());
  const { app } = world.sandbox;
  const { secret } = await createToken(
    app.store,
    world.clock,
    { next: () => 'token_soak' },
    { name: 'soak', userId: null, scopes: ['ingest', 'read', 'detect'] },
    system('test'),
  );
  const headers = { authorization: `Bearer ${secret}` };
  const hour = async (n: number): Promise<void> => {
    for (const state of ['alarm', 'ok'] as const) {
      const alarms = Array.from({ length: 50 }, (_, k) => ({ name: `soak-${k}`, state, resource: 'ecs/checkout', id: `${n}-${k}-${state}` }));
      expect((await app.http.inject({ method: 'POST', url: '/webhooks/generic', headers, payload: { alarms } })).statusCode).toBe(200);
      for (const url of ['/api/status', '/api/incidents', '/metrics', '/api/patterns/search?q=cpu'])
        expect((await app.http.inject({ url, headers })).statusCode).toBe(200);
      await app.http.inject({ method: 'POST', url: '/api/agents/detect/run', headers: { ...headers, prefer: 'wait=30', 'idempotency-key': `${n}-${state}` } });
      await world.pass(HOUR_MIN / 2);
    }
  };
  for (let n = 0; n < 4; n += 1) await hour(n);
  const before = heapMb();
  for (let n = 4; n < 24; n += 1) await hour(n);
  const grown = heapMb() - before;
  process.stdout.write(`soak: heap ${before.toFixed(1)} MB after 4 h, ${grown.toFixed(1)} MB more after 24 h\n`);
  expect(grown).toBeLessThan(40);
});
