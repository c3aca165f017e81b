import { setTimeout as sleep } from 'node:timers/promises';
import { Naming } from '../../src/aws/inventory/part.ts';
import { CloudWatchMetrics } from '../../src/aws/metrics/source.ts';
import { scopesOf } from '../../src/aws/scope.ts';
import { Collector } from '../../src/collect/collector.ts';
import { SandboxClock } from '../../src/sandbox/clock.ts';
import { openStore } from '../../src/store/open.ts';
import { REGION, settingsOf } from './support.ts';

/** Collects in a process that may be killed at any moment: `child.ts <database> <startMs> <realStartMs> <speed>`. */
const [path = '', startMs, realStartMs, speed] = process.argv.slice(2);
const clock = new SandboxClock({ startMs: Number(startMs), realStartMs: Number(realStartMs), speed: Number(speed) });
const settings = settingsOf({ metrics: { namespaces: ['Shop/Load'], delay_s: 60 } });
const [scope] = scopesOf(settings, REGION);
const nothing = { resources: [], dependencies: [] };
const inventory = { naming: new Naming('', settings.tags), topology: async () => nothing, find: () => null, known: (plain: string) => plain };
const source = new CloudWatchMetrics(scope, inventory, settings, clock);
const collector = new Collector({ metrics: [source], logs: [], changes: [], alarms: [], topology: [] }, { backfillMs: 30 * 60_000, timeoutMs: 5000 });
const store = await openStore(path, { clock });
process.send?.('ready');
for (;;) {
  await collector.run(store, clock);
  await sleep(1);
}
