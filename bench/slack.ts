import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { App } from '@slack/bolt';
import { parse } from 'yaml';
import { createApp, type App as Opsloop } from '../src/app.ts';
import { ANA, OPS_CHANNEL } from '../src/cli/sandbox.ts';
import { parseConfig } from '../src/config.ts';
import type { Anomaly } from '../src/domain/anomaly.ts';
import { explain } from '../src/domain/explanation.ts';
import type { Topology } from '../src/domain/resource.ts';
import { silentLog } from '../src/log.ts';
import { createSandboxAccount } from '../src/sandbox/account/account.ts';
import { builtInScenarios } from '../src/sandbox/account/scenario.ts';
import { startLocalSlack } from '../src/sandbox/slack/local-slack.ts';
import type { ApiCall, LocalSlack } from '../src/sandbox/slack/types.ts';
import type { BenchResult } from './types.ts';

const COMMANDS = 200;
const ALERTS = 10_000;
const SERVICES = 20;
const RESOURCES_PER_SERVICE = 20;
const BATCHES = 20;
const STORM_MS = 60_000;
const WRITES: ReadonlySet<string> = new Set(['chat.postMessage', 'chat.update']);
const clock = { now: () => Date.now() };

/**
 * Slack under load, on this machine's own workspace: how quickly 200 commands at once are acknowledged while the loop ticks,
 * against a Bolt app that does nothing but acknowledge; and what becomes of 10,000 alerts in a minute, with Slack saying
 * "slow down" and sockets dropping in the middle.
 */
export async function benchSlack(): Promise<BenchResult> {
  const floorMs = await bareBolt();
  const dir = mkdtempSync(join(tmpdir(), 'opsloop-bench-slack-'));
  const slack = await startLocalSlack({ manifest: manifest() });
  const app = await openApp(dir, slack);
  try {
    await app.start();
    await app.tick();
    const acks = await acknowledgements(app, slack);
    const storm = await stormOf(app, slack);
    return {
      name: 'slack',
      figures: { ack_ms: acks, bare_bolt_ack_p99_ms: floorMs, ...storm },
      ratio: round(acks.p99 / floorMs),
      against: 'the same 200 commands to a Bolt app that only acknowledges, in the same run',
    };
  } finally {
    await app.stop();
    await slack.stop();
    rmSync(dir, { recursive: true, force: true });
  }
}

const manifest = (): unknown => parse(readFileSync(new URL('../manifest.yml', import.meta.url), 'utf8'));
const round = (value: number): number => Math.round(value * 100) / 100;

function percentile(values: readonly number[], share: number): number {
  return round(values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? 0);
}

/** How long each of the commands waited for its acknowledgement, all sent at once. */
async function burst(slack: LocalSlack): Promise<number[]> {
  return await Promise.all(
    Array.from({ length: COMMANDS }, async (_, n) => {
      const startedMs = performance.now();
      const { ok } = await slack.as(ANA).command('/ops', n % 20 === 0 ? 'status' : 'help', OPS_CHANNEL);
      if (!ok) throw new Error('a command was not acknowledged');
      return performance.now() - startedMs;
    }),
  );
}

async function bareBolt(): Promise<number> {
  const slack = await startLocalSlack({ manifest: manifest() });
  const bolt = new App({ token: slack.botToken, appToken: slack.appToken, socketMode: true, clientOptions: { slackApiUrl: slack.apiUrl } });
  bolt.command('/ops', async ({ ack }) => ack());
  await bolt.start();
  await burst(slack);
  const waits = await burst(slack);
  await bolt.stop();
  await slack.stop();
  return percentile(waits, 0.99);
}

function topologyOf(): Topology {
  const resources = Array.from({ length: SERVICES * RESOURCES_PER_SERVICE }, (_, n) => {
    const service = `service-${n % SERVICES}`;
    return {
      id: `ec2/${service}-${Math.floor(n / SERVICES)}`,
      kind: 'ec2',
      name: `${service}-${Math.floor(n / SERVICES)}`,
      service,
      environment: 'prod',
      zone: null,
      tags: {},
    };
  });
  return { resources, dependencies: [] };
}

async function openApp(dir: string, slack: LocalSlack): Promise<Opsloop> {
  const scenario = builtInScenarios()[0];
  if (scenario === undefined) throw new Error('no scenario ships');
  const { remediator } = createSandboxAccount({ scenario, clock, stateFile: join(dir, 'account.json') });
  const topology = topologyOf();
  const source = { name: 'bench', read: async () => topology };
  return await createApp({
    config: parseConfig({
      store: { path: join(dir, 'opsloop.db') },
      knowledge: { path: join(dir, 'knowledge.db'), archive: join(dir, 'archive') },
      slack: { bot_token: slack.botToken, app_token: slack.appToken, api_url: slack.apiUrl, channel: OPS_CHANNEL },
      policy: { requesters: ['*'], approvers: [ANA], operators: [] },
    }),
    account: { sources: { metrics: [], logs: [], changes: [], alarms: [], topology: [source] }, remediator },
    log: silentLog,
    clock,
  });
}

/** The figures of the commands, sent while the loop works on some hundred alerts. */
async function acknowledgements(app: Opsloop, slack: LocalSlack): Promise<{ p50: number; p99: number; max: number }> {
  await burst(slack);
  await app.store.anomalies.save(alerts(0, 100));
  const tick = app.tick();
  const waits = await burst(slack);
  await tick;
  return { p50: percentile(waits, 0.5), p99: percentile(waits, 0.99), max: percentile(waits, 1) };
}

/** Alerts number `from` to `to`, spread over all resources, as the detectors file them. */
function alerts(from: number, to: number): Anomaly[] {
  const nowMs = clock.now();
  return Array.from({ length: to - from }, (_, at): Anomaly => {
    const n = from + at;
    const service = `service-${n % SERVICES}`;
    const resourceId = `ec2/${service}-${Math.floor(n / SERVICES) % RESOURCES_PER_SERVICE}`;
    const key = `bench/metric-${n}{host=${resourceId}}:Average`;
    return {
      ...{ id: `bench_${n}`, key, metric: null, resourceId, unit: 'Count', method: 'threshold', direction: 'up', value: 97, expected: { low: 10, high: 40 } },
      ...{ severity: 0.4 + (n % 6) / 10, startedAtMs: nowMs, lastSeenAtMs: nowMs, endedAtMs: null, forecast: null, incidentId: null },
      explanation: explain('bench.alert', 'metric-{n} is 97, normally 10 to 40.', { n }),
    };
  });
}

/** Ten thousand alerts in a minute: what people saw of it, and whether anything was lost. */
async function stormOf(app: Opsloop, slack: LocalSlack): Promise<Record<string, unknown>> {
  const heapBefore = process.memoryUsage().heapUsed;
  const rssBefore = process.memoryUsage().rss;
  let heapMost = heapBefore;
  const watch = setInterval(() => {
    heapMost = Math.max(heapMost, process.memoryUsage().heapUsed);
  }, 100);
  const writes: ApiCall[] = [];
  const seen = new Set(slack.calls());
  const collect = (): void => {
    for (const call of slack.calls()) {
      if (seen.has(call)) continue;
      seen.add(call);
      if (WRITES.has(call.method) && call.outcome === 'ok' && call.args['channel'] === OPS_CHANNEL) writes.push(call);
    }
  };
  const startMs = clock.now();
  for (let batch = 0; batch < BATCHES; batch += 1) {
    await app.store.anomalies.save(alerts(100 + (batch * ALERTS) / BATCHES, 100 + ((batch + 1) * ALERTS) / BATCHES));
    await app.tick();
    collect();
    if (batch === 5) slack.faults.rateLimit('chat.update', 2, 2);
    if (batch === 8) slack.faults.dropSockets();
    await sleep(Math.max(0, startMs + ((batch + 1) * STORM_MS) / BATCHES - clock.now()));
  }
  const takenMs = clock.now() - startMs;
  const drained = await app.slack.delivery.drain(120_000);
  collect();
  clearInterval(watch);
  const reply = await slack.as(ANA).command('/ops', 'status', OPS_CHANNEL);
  const first = writes.find((one) => one.method === 'chat.postMessage');
  return {
    alerts: ALERTS,
    alerts_taken_s: round(takenMs / 1000),
    ...(await afterwards(app)),
    first_card_ms: first === undefined ? null : first.atMs - startMs,
    messages: writes.length,
    max_messages_per_second_per_channel: mostIn(
      writes.map((one) => one.atMs),
      950,
    ), // the pace's own timers are allowed 50 ms
    heap_growth_mb: round((heapMost - heapBefore) / 2 ** 20),
    rss_growth_mb: round((process.memoryUsage().rss - rssBefore) / 2 ** 20),
    outbox_emptied: drained,
    answers_after_the_drop: reply.ok,
  };
}

function mostIn(times: readonly number[], windowMs: number): number {
  return Math.max(0, ...times.map((from) => times.filter((at) => at >= from && at < from + windowMs).length));
}

/** Every alert belongs to an incident, and every incident is on a card: its own, or a storm's. */
async function afterwards(app: Opsloop): Promise<{ incidents: number; alerts_without_incident: number; cards: number; lost_incidents: number }> {
  const incidents = await app.store.incidents.list({ limit: 10_000 });
  const cards = new Set<string>();
  let missing = 0;
  for (const { id } of incidents) {
    const subject = (await app.store.settings.get(`storm-of:${id}`)) ?? id;
    if ((await app.store.messages.get(subject)) === null) missing += 1;
    else cards.add(subject);
  }
  return {
    incidents: incidents.length,
    alerts_without_incident: (await app.store.anomalies.unassigned(10_000)).length,
    cards: cards.size,
    lost_incidents: missing,
  };
}
