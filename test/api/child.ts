import { join } from 'node:path';
import { openBase } from '../../src/base.ts';
import { openAccount } from '../../src/cli/account.ts';
import { parseConfig } from '../../src/config.ts';
import { createCore } from '../../src/core.ts';
import { system } from '../../src/domain/actor.ts';
import { createServer } from '../../src/http/server.ts';
import { silentLog } from '../../src/log.ts';
import { createToken } from '../../src/loop/tokens.ts';
import { createMetrics } from '../../src/metrics/metrics.ts';
import { plainStep } from '../../src/telemetry/steps.ts';
import { anIncident, aPlan } from '../support/verbs.ts';

/** What the tests are told of the server. */
export interface Served {
  readonly url: string;
  readonly token: string;
  readonly auditRows: number; // what the audit holds before anybody asks for anything
}

/** The HTTP edge over the real loop, store and sandbox account, without Slack, for outside testers: `node test/api/child.ts DIR`. */
const dir = process.argv[2] ?? '';
const config = parseConfig({
  store: { path: join(dir, 'opsloop.db') },
  knowledge: { path: join(dir, 'knowledge.db'), archive: join(dir, 'archive') },
  loop: { backfill_h: 0 },
  detection: { worker: false },
});
const base = await openBase(config);
const { store, clock } = base;
const core = createCore(base, {
  config,
  account: await openAccount(config),
  directory: { person: async (id) => ({ id, name: id, isBot: false, deactivated: false, locale: 'en', timeZone: 'UTC' }), groupMembers: async () => [] },
  log: silentLog,
});
const http = createServer({
  ...{ verbs: core.verbs, store, clock, ids: core.ids, log: silentLog, ticks: core.health, step: plainStep },
  slackReady: () => true,
  leads: () => true,
  permalink: async () => null,
  sources: () => core.sources(),
  settings: { corsOrigins: [], ratePerMin: 1_000_000, webhooks: { secret: 'a secret shared by both', snsTopics: [] } },
  metrics: createMetrics({
    ...{ store, clock, ticks: core.health, storePath: config.store.path, slackUrl: 'https://slack.com/api/' },
    sources: () => core.sources(),
  }),
  hurry: () => core.hurry(),
  fetchText: () => Promise.reject(new Error('no network')),
});
await core.tick();
const incident = await anIncident(store, clock.now());
await aPlan(store, incident.id, clock.now());
// Everything but acting: whoever holds it may change no plan and no switch.
const { secret } = await createToken(
  store,
  clock,
  core.ids,
  { name: 'tester', userId: 'U0TEST001', scopes: ['read', 'detect', 'learn', 'ingest'] },
  system('test'),
);
const url = await http.listen({ host: '127.0.0.1', port: 0 });
process.on('disconnect', async () => {
  await http.close();
  await core.close();
  process.exit(0);
});
const served: Served = { url, token: secret, auditRows: (await store.audit.list({ limit: 10_000 })).length };
process.send?.(served);
