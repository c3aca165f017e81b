import { PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { CreateLogGroupCommand, CreateLogStreamCommand, PutLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { CreateQueueCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Collecting, startCollecting } from './collecting.ts';
import { type Double, startDouble } from './double/server.ts';
import { type Fault, type FaultProxy, startProxy } from './proxy.ts';
import { builder, endpoint, MINUTE_MS, motoUrl, resetMoto, settingsOf } from './support.ts';

const NOW_MS = Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS;
const GROUP = '/aws/lambda/invoice';
let proxy: FaultProxy;
let double: Double;
let queueUrl = '';

beforeAll(async () => {
  await resetMoto();
  proxy = await startProxy(motoUrl());
  double = await startDouble();
  endpoint(motoUrl());
  endpoint(double.url, 'CLOUDTRAIL');
  const build = builder();
  const MetricData = Array.from({ length: 40 }, (_, at) => ({
    MetricName: 'CPUUtilization',
    Dimensions: [{ Name: 'InstanceId', Value: 'i-1' }],
    Timestamp: new Date(NOW_MS - at * MINUTE_MS),
    Value: at,
  }));
  await build.cloudWatch.send(new PutMetricDataCommand({ Namespace: 'AWS/EC2', MetricData }));
  await build.logs.send(new CreateLogGroupCommand({ logGroupName: GROUP }));
  await build.logs.send(new CreateLogStreamCommand({ logGroupName: GROUP, logStreamName: 's' }));
  const logEvents = [
    { timestamp: NOW_MS - 2000, message: 'ERROR short' },
    { timestamp: NOW_MS - 1000, message: `ERROR ${'x'.repeat(250_000)}` },
  ];
  await build.logs.send(new PutLogEventsCommand({ logGroupName: GROUP, logStreamName: 's', logEvents }));
  queueUrl = (await build.sqs.send(new CreateQueueCommand({ QueueName: 'events' }))).QueueUrl ?? '';
  endpoint(proxy.url);
});
beforeEach(() => {
  proxy.spoil = () => null;
  double.state.faults.clear();
});
afterAll(async () => {
  await proxy.close();
  await double.close();
});

const collecting = (): Promise<Collecting> =>
  startCollecting(settingsOf({ metrics: { namespaces: ['AWS/EC2'] }, logs: [{ group: GROUP }], queue_url: queueUrl }), NOW_MS);

const SOURCES = ['CloudWatch metrics', 'CloudWatch Logs', 'CloudTrail', 'CloudWatch alarms', 'Alarm events', 'Change events', 'AWS resources'];

describe('a source in trouble', () => {
  const cases: readonly [what: string, service: string, source: string, fault: Fault, words: RegExp][] = [
    [
      'denied',
      'logs',
      'CloudWatch Logs',
      { kind: 'error', status: 400, name: 'AccessDeniedException' },
      /logs:FilterLogEvents in default eu-central-1 is not allowed for this role/,
    ],
    [
      'throttled',
      'logs',
      'CloudWatch Logs',
      { kind: 'error', status: 400, name: 'ThrottlingException' },
      /logs:FilterLogEvents in default eu-central-1 is throttled/,
    ],
    ['with expired credentials', 'sqs', 'Alarm events', { kind: 'error', status: 403, name: 'ExpiredTokenException' }, /the credentials have expired/],
    ['with a clock that is off', 'logs', 'CloudWatch Logs', { kind: 'error', status: 403, name: 'InvalidSignatureException' }, /the signature does not fit/],
    ['cut off', 'logs', 'CloudWatch Logs', { kind: 'refuse' }, /logs:FilterLogEvents in default eu-central-1 (failed|did not answer in time)/],
    ['too slow', 'logs', 'CloudWatch Logs', { kind: 'delay', ms: 20_000 }, /did not answer within 8 s/],
  ];
  it.each(cases)('%s is named, leaves the others alone, and heals by itself', async (_what, service, source, fault, words) => {
    const { run, status, clock, close } = await collecting();
    try {
      proxy.spoil = (request) => (request.service === service ? fault : null);
      await run();
      expect(status(source)).toMatchObject({ ok: false, error: expect.stringMatching(words) });
      for (const other of SOURCES.filter((name) => name !== source && !(service === 'sqs' && /events$/.test(name))))
        expect(status(other), other).toMatchObject({ ok: true });
      proxy.spoil = () => null;
      clock.advance(2 * MINUTE_MS);
      await run();
      expect(status(source)).toMatchObject({ ok: true, error: null });
    } finally {
      await close();
    }
  });

  it('that answers half a page and then nothing is read whole afterwards', async () => {
    const { run, status, clock, close, points } = await collecting();
    proxy.spoil = ({ service, body }) => (service === 'monitoring' && body.includes('MetricDataQueries') ? { kind: 'cut' } : null);
    await run();
    expect(status('CloudWatch metrics').ok).toBe(false);
    expect(await points()).toBe(0);
    proxy.spoil = () => null;
    clock.advance(2 * MINUTE_MS);
    await run();
    expect(await points()).toBe(28);
    await close();
  });

  it('throttled once or twice is not even noticed', async () => {
    const { run, status, close } = await collecting();
    let throttled = 0;
    proxy.spoil = ({ service }) => {
      if (service !== 'monitoring' || throttled >= 2) return null;
      throttled += 1;
      return { kind: 'error', status: 400, name: 'ThrottlingException' };
    };
    await run();
    expect(throttled).toBe(2);
    expect(status('CloudWatch metrics').ok).toBe(true);
    await close();
  });
});
