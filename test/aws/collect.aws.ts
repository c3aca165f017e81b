import { PutMetricAlarmCommand, PutMetricDataCommand, SetAlarmStateCommand } from '@aws-sdk/client-cloudwatch';
import { CreateLogGroupCommand, CreateLogStreamCommand, PutLogEventsCommand, StopQueryCommand } from '@aws-sdk/client-cloudwatch-logs';
import { RunInstancesCommand } from '@aws-sdk/client-ec2';
import { CreateClusterCommand, CreateServiceCommand, RegisterTaskDefinitionCommand } from '@aws-sdk/client-ecs';
import { CreateQueueCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CloudTrailChanges } from '../../src/aws/changes/cloudtrail.ts';
import { ConfigHistory } from '../../src/aws/changes/config-history.ts';
import { DescribedAlarms } from '../../src/aws/events/described-alarms.ts';
import { EventQueue } from '../../src/aws/events/queue.ts';
import { Inventory, topologySource } from '../../src/aws/inventory/inventory.ts';
import { CloudWatchLogs } from '../../src/aws/logs/source.ts';
import { CloudWatchMetrics } from '../../src/aws/metrics/source.ts';
import { type Scope, scopesOf } from '../../src/aws/scope.ts';
import { alarmSourceContract, changeSourceContract, logSourceContract, metricSourceContract, topologySourceContract } from '../contracts/sources.ts';
import { type Double, startDouble } from './double/server.ts';
import { type FaultProxy, startProxy } from './proxy.ts';
import { builder, endpoint, first, MINUTE_MS, motoUrl, REGION, resetMoto, settingsOf, signal, systemClock } from './support.ts';

const NOW_MS = Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS;
const WINDOW = { fromMs: NOW_MS - 60 * MINUTE_MS, toMs: NOW_MS - 20 * MINUTE_MS };
const GROUP = '/aws/lambda/invoice';
const settings = settingsOf({ logs: [{ group: GROUP }], insights: { timeout_s: 1, scan_limit_gb: 1 } });

let proxy: FaultProxy;
let double: Double;
let instanceId = '';

/** What every fixture needs: a scope whose clients go through the proxy, which can be shut. */
function place(): { scope: Scope; inventory: Inventory; fail: () => void; close: () => void } {
  const [scope] = scopesOf(settings, REGION);
  const inventory = new Inventory(scope, settings, systemClock, true);
  return {
    scope,
    inventory,
    fail: () => {
      proxy.spoil = () => ({ kind: 'refuse' });
      double.state.faults.set('LookupEvents', { name: 'AccessDeniedException', message: 'no', status: 400 });
      double.state.faults.set('SelectResourceConfig', { name: 'AccessDeniedException', message: 'no', status: 400 });
    },
    close: () => {
      proxy.spoil = () => null;
      double.state.faults.clear();
      for (const clients of [scope.read, scope.check, scope.act]) clients.destroy();
    },
  };
}

beforeAll(async () => {
  await resetMoto();
  proxy = await startProxy(motoUrl());
  double = await startDouble();
  const build = builder();
  const run = await build.ec2.send(new RunInstancesCommand({ ImageId: 'ami-12c6146b', MinCount: 1, MaxCount: 1, InstanceType: 't3.micro' }));
  instanceId = run.Instances?.[0]?.InstanceId ?? '';
  await build.ecs.send(new CreateClusterCommand({ clusterName: 'shop' }));
  await build.ecs.send(new RegisterTaskDefinitionCommand({ family: 'checkout', containerDefinitions: [{ name: 'app', image: 'app:1', memory: 128 }] }));
  await build.ecs.send(new CreateServiceCommand({ cluster: 'shop', serviceName: 'checkout', taskDefinition: 'checkout', desiredCount: 2 }));
  for (let minute = 0; minute < 70; minute += 10) {
    await build.cloudWatch.send(
      new PutMetricDataCommand({
        Namespace: 'AWS/EC2',
        MetricData: Array.from({ length: 10 }, (_, at) => ({
          MetricName: 'CPUUtilization',
          Dimensions: [{ Name: 'InstanceId', Value: instanceId }],
          Timestamp: new Date(NOW_MS - (70 - minute - at) * MINUTE_MS),
          Value: 20 + at,
          Unit: 'Percent' as const,
        })),
      }),
    );
  }
  await build.cloudWatch.send(
    new PutMetricAlarmCommand({
      AlarmName: 'cpu',
      Namespace: 'AWS/EC2',
      MetricName: 'CPUUtilization',
      Dimensions: [{ Name: 'InstanceId', Value: instanceId }],
      Statistic: 'Average',
      Period: 60,
      EvaluationPeriods: 1,
      Threshold: 90,
      ComparisonOperator: 'GreaterThanThreshold',
    }),
  );
  await build.logs.send(new CreateLogGroupCommand({ logGroupName: GROUP }));
  await build.logs.send(new CreateLogStreamCommand({ logGroupName: GROUP, logStreamName: 's' }));
  const logEvents = Array.from({ length: 12 }, (_, at) => ({
    timestamp: WINDOW.fromMs + (at + 1) * 3 * MINUTE_MS,
    message: `ERROR request ${at} failed: timeout`,
  }));
  await build.logs.send(new PutLogEventsCommand({ logGroupName: GROUP, logStreamName: 's', logEvents }));
  double.state.lines = logEvents.map(({ timestamp, message }) => ({ atMs: timestamp, message, group: GROUP }));
  double.state.trail = Array.from({ length: 8 }, (_, at) => {
    const atMs = WINDOW.fromMs + (at + 1) * 4 * MINUTE_MS;
    return { atMs, record: record(`event-${at}`, atMs, 'UpdateService', { cluster: 'shop', service: 'checkout', taskDefinition: `checkout:${at}` }) };
  });
  double.state.config = [{ resourceType: 'AWS::Lambda::Function', resourceId: 'invoice', resourceName: 'invoice', atMs: WINDOW.fromMs + 7 * MINUTE_MS }];
  endpoint(proxy.url);
  endpoint(double.url, 'CLOUDTRAIL', 'CONFIG_SERVICE');
});
afterAll(async () => {
  await proxy.close();
  await double.close();
});

function record(eventID: string, atMs: number, eventName: string, requestParameters: Record<string, unknown>): Record<string, unknown> {
  return {
    eventID,
    eventTime: new Date(atMs).toISOString(),
    eventName,
    eventSource: 'ecs.amazonaws.com',
    userIdentity: { type: 'IAMUser', arn: 'arn:aws:iam::123456789012:user/ana' },
    requestParameters,
    readOnly: false,
  };
}

metricSourceContract('CloudWatch', () => {
  const at = place();
  return { source: new CloudWatchMetrics(at.scope, at.inventory, settings, systemClock), window: WINDOW, fail: at.fail, close: at.close };
});
logSourceContract('CloudWatch Logs', async () => {
  const at = place();
  // Tailing goes to moto; searching to the double, since moto's Insights filters nothing.
  const search = new CloudWatchLogs(await searching(), settings, systemClock);
  const tail = new CloudWatchLogs(at.scope, settings, systemClock);
  return {
    source: { name: tail.name, read: (window, abort) => tail.read(window, abort), search: (query, abort) => search.search(query, abort) },
    window: WINDOW,
    fail: at.fail,
    close: at.close,
  };
});
changeSourceContract('CloudTrail', () => {
  const at = place();
  return { source: new CloudTrailChanges(at.scope, at.inventory, systemClock), window: WINDOW, fail: at.fail, close: at.close };
});
changeSourceContract('AWS Config', () => {
  const at = place();
  return { source: new ConfigHistory(at.scope, at.inventory), window: WINDOW, fail: at.fail, close: at.close };
});
alarmSourceContract('CloudWatch alarms', async () => {
  const at = place();
  await builder().cloudWatch.send(new SetAlarmStateCommand({ AlarmName: 'cpu', StateValue: 'ALARM', StateReason: 'too high' }));
  const window = { fromMs: Date.now() - 10 * MINUTE_MS, toMs: Date.now() };
  return { source: new DescribedAlarms(at.scope, at.inventory), window, fail: at.fail, close: at.close };
});
topologySourceContract('The AWS inventory', () => {
  const at = place();
  return { source: topologySource('AWS resources', [at.inventory], settings), window: WINDOW, fail: at.fail, close: at.close };
});

/** A scope whose log clients speak to the double: a client keeps the endpoint of its first call. */
async function searching(): Promise<Scope> {
  endpoint(double.url, 'CLOUDWATCH_LOGS');
  const [scope] = scopesOf(settings, REGION);
  await scope.read.logs.send(new StopQueryCommand({ queryId: 'none' }));
  double.state.stopped = 0;
  delete process.env['AWS_ENDPOINT_URL_CLOUDWATCH_LOGS'];
  return scope;
}

describe('the names of resources', () => {
  it('are the same in metrics and topology', async () => {
    const at = place();
    const { items } = await new CloudWatchMetrics(at.scope, at.inventory, settings, systemClock).read(WINDOW, signal());
    expect(first(items).resourceId).toBe(`ec2/${instanceId}`);
    const { resources } = await at.inventory.topology(signal());
    expect(resources.map((one) => one.id)).toEqual(expect.arrayContaining([`ec2/${instanceId}`, 'ecs/shop/checkout']));
    at.close();
  });

  it('stay apart in several regions', async () => {
    const two = settingsOf({ accounts: [{ name: 'prod', regions: [REGION, 'us-east-1'] }] });
    const [home, other] = scopesOf(two, REGION);
    if (other === undefined) throw new Error('there are two');
    expect(new Inventory(home, two, systemClock, true).naming.id('ecs/shop/checkout')).toBe('ecs/shop/checkout');
    expect(new Inventory(other, two, systemClock, false).naming.id('ecs/shop/checkout')).toBe('ecs/shop/checkout@prod.us-east-1');
  });
});

describe('a log search', () => {
  it('is stopped when it takes too long or scans too much, says so, and stops the query', async () => {
    const source = new CloudWatchLogs(await searching(), settings, systemClock);
    const query = { text: 'timeout', resourceIds: [], window: WINDOW, limit: 5 };
    double.state.insights = 'endless';
    const slow = await source.search(query, signal());
    expect(slow.gaps).toEqual([expect.stringContaining('stopped after 1 s')]);
    expect(slow.items).toHaveLength(5);
    double.state.scannedBytes = 3e9;
    expect((await source.search(query, signal())).gaps).toEqual([expect.stringContaining('stopped after 3.0 GB')]);
    expect(double.state.stopped).toBe(2);
    double.state.insights = 'failed';
    expect((await source.search(query, signal())).gaps).toEqual([expect.stringContaining('Failed')]);
    double.state.insights = 'complete';
    double.state.scannedBytes = 0;
  });

  it('takes any text as text', async () => {
    const source = new CloudWatchLogs(await searching(), settings, systemClock);
    double.state.lines.push({ atMs: WINDOW.toMs - 1000, message: 'said "no" | limit 0 \\ end', group: GROUP });
    const found = await source.search({ text: '"no" | limit 0 \\', resourceIds: [], window: WINDOW, limit: 5 }, signal());
    expect(found.items.map((line) => line.message)).toEqual(['said "no" | limit 0 \\ end']);
    double.state.lines.pop();
  });
});

describe('CloudTrail', () => {
  it('gives events that show up late, because the watermark stays behind', async () => {
    const at = place();
    const source = new CloudTrailChanges(at.scope, at.inventory, systemClock);
    const lateMs = Date.now() - 8 * MINUTE_MS;
    const window = { fromMs: Date.now() - 20 * MINUTE_MS, toMs: Date.now() };
    const { completeUntilMs } = await source.read(window, signal());
    expect(completeUntilMs).toBeLessThan(lateMs);
    double.state.trail.push({ atMs: lateMs, record: record('late', lateMs, 'PutParameter', { name: '/shop/flags' }) });
    const again = await source.read({ fromMs: completeUntilMs - 5 * MINUTE_MS, toMs: Date.now() }, signal());
    expect(again.items.find((change) => change.id === 'late')).toMatchObject({
      kind: 'config',
      resourceId: 'config/shop/flags',
      actor: expect.stringContaining('ana'),
    });
    double.state.trail.pop();
    at.close();
  });

  it('tells a deployment in AppConfig as a change of the name that the config gives the profile', async () => {
    const appconfig = [{ name: 'shop-flags', application: 'app1234', environment: 'env1234', profile: 'prof123' }];
    const named = settingsOf({ appconfig });
    const [scope] = scopesOf(named, REGION);
    const inventory = new Inventory(scope, named, systemClock, true);
    await inventory.topology(signal());
    const ids = { ApplicationId: 'app1234', EnvironmentId: 'env1234', ConfigurationProfileId: 'prof123', ConfigurationVersion: '7' };
    double.state.trail.push({ atMs: WINDOW.toMs - MINUTE_MS, record: record('flags', WINDOW.toMs - MINUTE_MS, 'StartDeployment', ids) });
    const { items } = await new CloudTrailChanges(scope, inventory, systemClock).read(WINDOW, signal());
    expect(items.find((change) => change.id === 'flags')).toMatchObject({ kind: 'config', resourceId: 'config/shop-flags' });
    double.state.trail.pop();
    for (const clients of [scope.read, scope.check, scope.act]) clients.destroy();
  });

  it('asks at most twice a second, and counts what it cannot read', async () => {
    const at = place();
    const source = new CloudTrailChanges(at.scope, at.inventory, systemClock);
    double.state.trailPage = 2;
    double.state.trail.push({ atMs: WINDOW.toMs - MINUTE_MS, record: { eventID: 7 } });
    const startedMs = performance.now();
    const batch = await source.read(WINDOW, signal());
    expect(batch.items).toHaveLength(8);
    expect(batch.gaps).toEqual([expect.stringContaining('1 events of an unknown shape')]);
    expect(performance.now() - startedMs).toBeGreaterThan(1900); // five pages
    double.state.trailPage = 50;
    double.state.trail.pop();
    at.close();
  });
});

describe('the event queue', () => {
  const alarmEvent = {
    id: 'e-1',
    source: 'aws.cloudwatch',
    'detail-type': 'CloudWatch Alarm State Change',
    time: new Date(NOW_MS).toISOString(),
    resources: ['arn:aws:cloudwatch:eu-central-1:123456789012:alarm:cpu'],
    detail: {
      alarmName: 'cpu',
      state: { value: 'ALARM', reason: 'high', timestamp: new Date(NOW_MS - 5000).toISOString() },
      configuration: {
        metrics: [
          { id: 'm', metricStat: { metric: { namespace: 'AWS/EC2', name: 'CPUUtilization', dimensions: { InstanceId: 'i-1' } }, period: 60, stat: 'Average' } },
        ],
      },
    },
  };
  const deploy = {
    id: 'e-2',
    source: 'aws.ecs',
    'detail-type': 'ECS Deployment State Change',
    time: new Date(NOW_MS - 4000).toISOString(),
    resources: ['arn:aws:ecs:eu-central-1:123456789012:service/shop/checkout'],
    detail: { eventName: 'SERVICE_DEPLOYMENT_IN_PROGRESS' },
  };

  it('gives alarms and changes to their own sources, and deletes a message only after it was filed', async () => {
    const at = place();
    const sqs = builder().sqs;
    const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: 'events' }));
    const post = (body: unknown): Promise<unknown> =>
      sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: typeof body === 'string' ? body : JSON.stringify(body) }));
    for (const body of [alarmEvent, { Type: 'Notification', Message: JSON.stringify(alarmEvent) }, deploy, 'no json', { what: 1 }]) await post(body);
    const known = (plain: string): string => plain;
    const queue = new EventQueue(at.scope, QueueUrl, known);
    const window = { fromMs: NOW_MS - 10 * MINUTE_MS, toMs: Date.now() + 1000 };
    const [alarms, changes] = await Promise.all([queue.alarms.read(window, signal()), queue.changes.read(window, signal())]);
    expect(alarms.items).toEqual([expect.objectContaining({ name: 'cpu', state: 'alarm', resourceId: 'ec2/i-1' })]);
    expect(changes.items).toEqual([expect.objectContaining({ kind: 'deploy', resourceId: 'ecs/shop/checkout' })]);
    expect(alarms.gaps).toEqual([expect.stringContaining('2 messages of an unknown shape')]);
    // Not committed: another process would see them again once they are visible; this one still has them.
    expect((await queue.alarms.read(window, signal())).items).toHaveLength(1);
    await alarms.commit?.();
    await changes.commit?.();
    expect((await queue.alarms.read(window, signal())).items).toEqual([]);
    at.close();
  });
});
