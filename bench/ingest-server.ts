import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { openBase } from '../src/base.ts';
import { openAccount } from '../src/cli/account.ts';
import { parseConfig } from '../src/config.ts';
import { createCore } from '../src/core.ts';
import { system } from '../src/domain/actor.ts';
import { createServer } from '../src/http/server.ts';
import { silentLog } from '../src/log.ts';
import { createToken } from '../src/loop/tokens.ts';
import { createMetrics } from '../src/metrics/metrics.ts';
import { plainStep } from '../src/telemetry/steps.ts';

/** What the server tells the one that measures it. */
export interface Served {
  readonly port: number;
  readonly token: string;
}

/** The HTTP edge over the whole core, without Slack, in a process of its own: `node bench/ingest-server.ts DIR`. */
const dir = process.argv[2] ?? '';
const config = parseConfig({ store: { path: join(dir, 'opsloop.db') }, knowledge: { path: join(dir, 'knowledge.db'), archive: join(dir, 'archive') } });
const base = await openBase(config);
const directory = { person: async () => null, groupMembers: async () => [] };
const core = createCore(base, { config, account: await openAccount(config), directory, log: silentLog });
const http = createServer({
  ...{ verbs: core.verbs, store: base.store, clock: base.clock, ids: core.ids, log: silentLog, ticks: core.health },
  permalink: async () => null,
  slackReady: () => true,
  leads: () => true,
  sources: () => core.sources(),
  settings: { corsOrigins: [], ratePerMin: 1_000_000, webhooks: { secret: null, snsTopics: [] } },
  metrics: createMetrics({
    store: base.store,
    clock: base.clock,
    sources: () => core.sources(),
    ticks: core.health,
    slackUrl: 'https://slack.com/api/',
  }),
  step: plainStep,
  hurry: () => core.hurry(),
  fetchText: () => Promise.reject(new Error('no network')),
});
const { secret } = await createToken(base.store, base.clock, core.ids, { name: 'bench', userId: null, scopes: ['ingest'] }, system('bench'));
await http.listen({ host: '127.0.0.1', port: 0 });
const served: Served = {
  port: (http.server.address() as AddressInfo).port,
  token: secret,
};
process.on('message', () => {
  const { user, system: kernel } = process.cpuUsage();
  process.send?.((user + kernel) / 1000);
});
process.on('disconnect', () => process.exit(0));
process.send?.(served);
