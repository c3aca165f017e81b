import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { CreateClusterCommand, CreateServiceCommand, DescribeServicesCommand, RegisterTaskDefinitionCommand, UpdateServiceCommand } from '@aws-sdk/client-ecs';
import { CreateBucketCommand, GetObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { type App, createApp } from '../../src/app.ts';
import { openAccount } from '../../src/cli/account.ts';
import { ANA, BEN, IN_A_HURRY, OPS_CHANNEL } from '../../src/cli/sandbox.ts';
import { type Config, parseConfig } from '../../src/config.ts';
import { type Pattern, PatternSchema } from '../../src/domain/pattern.ts';
import type { Plan, PlanState } from '../../src/domain/plan.ts';
import { silentLog } from '../../src/log.ts';
import { ManualClock } from '../../src/sandbox/clock.ts';
import { startLocalSlack } from '../../src/sandbox/slack/local-slack.ts';
import type { LocalSlack } from '../../src/sandbox/slack/types.ts';
import { type Double, startDouble } from './double/server.ts';
import { builder, endpoint, first, MINUTE_MS, motoUrl, REGION, resetMoto } from './support.ts';

const HOUR_MS = 3_600_000;
const START_MS = Math.floor(Date.now() / HOUR_MS) * HOUR_MS - 6 * HOUR_MS; // a full hour, whenever this runs, and nothing lies in the future
const HISTORY_MIN = 6 * 60;
const BUCKET = 'opsloop-archive';
const KEY = 'patterns/performance/ecs-service-cpu-saturated.json';
const project = join(import.meta.dirname, '..', '..');

const clock = new ManualClock(START_MS);
const dir = mkdtempSync(join(tmpdir(), 'opsloop-aws-loop-'));
let double: Double;
let slack: LocalSlack;
let app: App;

/** CPU of the service, minute by minute. */
async function put(fromMs: number, minutes: number, load: (minute: number) => number): Promise<void> {
  const MetricData = Array.from({ length: minutes }, (_, at) => ({
    MetricName: 'CPUUtilization',
    Dimensions: [
      { Name: 'ClusterName', Value: 'shop' },
      { Name: 'ServiceName', Value: 'checkout' },
    ],
    Timestamp: new Date(fromMs + at * MINUTE_MS),
    Value: load(at),
    Unit: 'Percent' as const,
  }));
  await builder().cloudWatch.send(new PutMetricDataCommand({ Namespace: 'AWS/ECS', MetricData }));
}

/** Somebody deploys: the service runs another revision, and CloudTrail has a record of it. */
async function deploy(): Promise<void> {
  await builder().ecs.send(new UpdateServiceCommand({ cluster: 'shop', service: 'checkout', taskDefinition: 'checkout:2' }));
  const record = {
    eventID: 'deploy-1',
    eventTime: new Date(clock.now()).toISOString(),
    eventName: 'UpdateService',
    eventSource: 'ecs.amazonaws.com',
    readOnly: false,
    userIdentity: { arn: 'arn:aws:iam::123456789012:user/dmitri' },
    requestParameters: { cluster: 'shop', service: 'checkout', taskDefinition: 'checkout:2' },
  };
  double.state.trail.push({ atMs: clock.now(), record });
}

const wobble = (at: number): number => 34 + 3 * Math.sin(at / 9) + ((at * 37) % 11) / 5;
const release = async () =>
  first((await builder().ecs.send(new DescribeServicesCommand({ cluster: 'shop', services: ['checkout'] }))).services ?? [])
    .taskDefinition?.split('/')
    .at(-1);
const archived = async (): Promise<Pattern> => {
  const found = await builder().s3.send(new GetObjectCommand({ Bucket: BUCKET, Key: KEY }));
  return PatternSchema.parse(JSON.parse((await found.Body?.transformToString()) ?? ''));
};

beforeAll(async () => {
  await resetMoto();
  double = await startDouble();
  endpoint(motoUrl());
  endpoint(double.url, 'CLOUDTRAIL', 'BEDROCK_AGENT', 'BEDROCK_AGENT_RUNTIME');
  double.state.retrieve = () => [{ patternId: 'PAT-003', text: 'ECS service CPU saturated', score: 0.88 }];
  const build = builder();
  await build.s3.send(new CreateBucketCommand({ Bucket: BUCKET, CreateBucketConfiguration: { LocationConstraint: REGION } }));
  await build.ecs.send(new CreateClusterCommand({ clusterName: 'shop' }));
  for (const image of ['app:1', 'app:2'])
    await build.ecs.send(new RegisterTaskDefinitionCommand({ family: 'checkout', containerDefinitions: [{ name: 'app', image, memory: 128 }] }));
  double.state.nowMs = () => clock.now();
  await build.ecs.send(
    new CreateServiceCommand({
      cluster: 'shop',
      serviceName: 'checkout',
      taskDefinition: 'checkout:1',
      desiredCount: 4,
      tags: [{ key: 'service', value: 'checkout' }],
    }),
  );
  await put(START_MS - HISTORY_MIN * MINUTE_MS, HISTORY_MIN, wobble);
  slack = await startLocalSlack({ manifest: parse(readFileSync(join(project, 'manifest.yml'), 'utf8')), clock, port: 0 });
  const config: Config = parseConfig({
    account: { kind: 'aws', region: REGION },
    aws: {
      path_style: true,
      bucket: BUCKET,
      knowledge: { knowledge_base_id: 'KB00000001', data_source_id: 'DS00000001', ingest_after_s: 0 },
      metrics: { namespaces: ['AWS/ECS'] },
    },
    store: { path: join(dir, 'opsloop.db') },
    knowledge: { path: join(dir, 'knowledge.db') },
    slack: { bot_token: slack.botToken, app_token: slack.appToken, api_url: slack.apiUrl, channel: OPS_CHANNEL },
    policy: { requesters: ['*'], approvers: [ANA, BEN], operators: [ANA], auto_fix: false },
    loop: { backfill_h: 6 },
    detection: { worker: false },
  });
  app = await createApp({ config, account: await openAccount(config, clock), clock, log: silentLog, timing: IN_A_HURRY });
  await app.start();
}, 180_000);
afterAll(async () => {
  await app.stop();
  await slack.stop();
  await double.close();
  rmSync(dir, { recursive: true, force: true });
});

async function settle(): Promise<void> {
  await app.executor.idle();
  await app.slack.delivery.drain(20_000);
}

/** Minutes pass, each with its metric and a tick, until a plan is in one of the states. */
async function untilPlan(states: readonly PlanState[], load: (minute: number) => number, most: number): Promise<Plan> {
  for (let minute = 0; minute < most; minute += 1) {
    await put(clock.now(), 1, () => load(minute));
    clock.advance(MINUTE_MS);
    await app.tick();
    await settle();
    const found = (await app.store.plans.list({ limit: 20 })).find((plan) => states.includes(plan.state));
    if (found !== undefined) return found;
  }
  const incidents = (await app.store.incidents.list({ limit: 5 })).map(
    (one) =>
      `${one.id} ${one.state} ${one.title} because ${one.analysis?.hypotheses.map((cause) => `${cause.cause.text} ${cause.confidence}`).join(', ')}, so ${one.analysis?.solutions.map((solution) => solution.action).join()}`,
  );
  const plans = (await app.store.plans.list({ limit: 5 })).map((one) => `${one.id} ${one.action} ${one.state} ${one.outcome?.detail.text}`);
  const { sources } = await app.verbs.status();
  throw new Error(
    `no plan that is ${states.join(' or ')}; ${incidents.join('; ')}; ${plans.join('; ')}; ${sources.flatMap((source) => source.error ?? []).join('; ')}; said: ${slack
      .calls()
      .slice(-12)
      .map((call) => String(call.args['text']))
      .join(' | ')}`,
  );
}

describe('the whole loop on AWS', () => {
  it('goes from a metric in CloudWatch over an approval in Slack to a changed service, and learns', async () => {
    await untilQuiet();
    const before = await archived();

    await deploy();
    const waiting = await untilPlan(['awaiting_approval'], (minute) => 96 + (minute % 3), 30);
    expect(waiting).toMatchObject({ action: 'rollback_deploy', targetId: 'ecs/shop/checkout', risk: 'high', approvalsNeeded: 1 });
    expect(await app.store.incidents.get(waiting.incidentId ?? '')).toMatchObject({ service: 'checkout', knowledgeSource: 'bedrock' });
    expect(slack.messages(OPS_CHANNEL).some((message) => JSON.stringify(message.blocks).includes('checkout'))).toBe(true);
    expect(await release()).toBe('checkout:2');

    const card = await app.store.messages.get(waiting.id);
    if (card === null) throw new Error('the plan has no card');
    await slack.as(ANA).click(card, 'ops:approve');
    for (let looks = 0; looks < 100 && (await release()) === 'checkout:2'; looks += 1) await sleep(100);
    expect(await release()).toBe('checkout:1');

    const healed = await untilPlan(['succeeded'], wobble, 25);
    expect(healed).toMatchObject({ id: waiting.id, receipt: { before: 'checkout:2', after: 'checkout:1' }, outcome: { verified: true } });
    expect(await app.store.incidents.get(healed.incidentId ?? '')).toMatchObject({ state: 'resolved', resolution: 'fixed' });

    clock.advance(MINUTE_MS);
    await app.tick();
    const after = await archived();
    expect(after.metadata.occurrence_count).toBe(before.metadata.occurrence_count + 1);
    expect(after.solutions.find((one) => one.action === 'rollback_deploy')?.confidence).toBeGreaterThan(
      before.solutions.find((one) => one.action === 'rollback_deploy')?.confidence ?? 1,
    );
    for (let looks = 0; looks < 50 && double.state.jobs.length === 0; looks += 1) await sleep(100);
    expect(double.state.jobs.length).toBeGreaterThan(0); // Bedrock was asked to take it up
  }, 240_000);
});

/** The first ticks take up the history; nothing is wrong yet. */
async function untilQuiet(): Promise<void> {
  for (let minute = 0; minute < 3; minute += 1) {
    await put(clock.now(), 1, wobble);
    clock.advance(MINUTE_MS);
    await app.tick();
  }
  await settle();
  expect(await app.store.incidents.list({ limit: 5 })).toEqual([]);
  expect((await app.store.metrics.describe()).map((one) => one.resourceId)).toContain('ecs/shop/checkout');
}
