import { PolicySchema } from '../src/domain/policy.ts';
import { SHARDS } from '../src/domain/replica.ts';
import { silentLog } from '../src/log.ts';
import { createDetectionEngine } from '../src/loop/detection/engine.ts';
import { DatabaseClock } from '../src/replicas/clock.ts';
import { advisoryLock } from '../src/replicas/lock.ts';
import { SharedReplicas } from '../src/replicas/shared.ts';
import { openStore } from '../src/store/open.ts';

export interface Ran {
  readonly points: number;
  readonly shards: number;
  readonly ms: number;
  readonly cpuMs: number;
  readonly rssMb: number;
}

// One replica that only detects, on the shards it holds, each time it is told to.
const [url = '', id = '', replicas = '1'] = process.argv.slice(2);
const store = await openStore(url);
const clock = new DatabaseClock({ now: () => Date.now() });
const team = new SharedReplicas({
  ...{ id, leases: store.leases, lock: advisoryLock(url), clock, log: silentLog, beatMs: 200 },
  info: () => ({ host: 'bench', version: '', policy: PolicySchema.parse({}), policyMark: '' }),
});
const engine = createDetectionEngine(store, { batchPoints: 50_000 });
await team.start();
const share = Math.ceil(SHARDS / Number(replicas));
for (let held = 0; held < Math.floor(SHARDS / Number(replicas)) || held > share; held = await team.use(async (shards) => shards?.length ?? 0))
  await new Promise((resolve) => setTimeout(resolve, 50));
process.send?.('ready');
process.on('disconnect', () => process.exit(0));
process.on('message', async (nowMs: number) => {
  const [startMs, cpu] = [performance.now(), process.cpuUsage()];
  const { shards, points } = await team.use(async (held) => ({ shards: held?.length ?? 0, points: (await engine.run(nowMs, held)).points }));
  const used = process.cpuUsage(cpu);
  const ran: Ran = { points, shards, ms: performance.now() - startMs, cpuMs: (used.user + used.system) / 1000, rssMb: process.memoryUsage().rss / 2 ** 20 };
  process.send?.(ran);
});
