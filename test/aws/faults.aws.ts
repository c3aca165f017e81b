import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { CreateLogGroupCommand, CreateLogStreamCommand, PutLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { CreateQueueCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { alarmOfEvent } from '../../src/aws/events/alarm.ts';
import { readMessage } from '../../src/aws/events/message.ts';
import { Collector } from '../../src/collect/collector.ts';
import type { SourceStatus } from '../../src/domain/views.ts';
import { ManualClock } from '../../src/sandbox/clock.ts';
import { openStore } from '../../src/store/open.ts';
import { type Double, startDouble } from './double/server.ts';
import { type Fault, type FaultProxy, startProxy } from './proxy.ts';
import { accountOf, builder, endpoint, MINUTE_MS, motoUrl, resetMoto, settingsOf } from './support.ts';

const NOW_MS = Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS;
const GROUP = '/aws/lambda/invoice';
const dir = mkdtempSync(join(tmpdir(), 'opsloop-aws-faults-'));
let proxy: FaultProxy;
let double: Double;
let queueUrl = '';
let databases = 0;

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
  rmSync(dir, { recursive: true, force: true });
});

/** The collector over a whole account, with time in the test's hands. */
async function collecting(): Promise<{
  run: () => Promise<void>;
  status: (name: string) => SourceStatus;
  clock: ManualClock;
  close: () => Promise<void>;
  points: () => Promise<number>;
}> {
  const clock = new ManualClock(NOW_MS);
  const settings = settingsOf({ metrics: { namespaces: ['AWS/EC2'] }, logs: [{ group: GROUP }], queue_url: queueUrl });
  const account = accountOf(settings, clock);
  databases += 1;
  const store = await openStore(join(dir, `${databases}.db`), { clock });
  const collector = new Collector(account.sources, { backfillMs: 30 * MINUTE_MS, timeoutMs: 8000 });
  return {
    clock,
    run: async () => {
      await collector.run(store, clock);
    },
    status: (name) => {
      const found = collector.status().find((one) => one.name.startsWith(name));
      if (found === undefined) throw new Error(`no source ${name}`);
      return found;
    },
    points: async () => (await store.metrics.appendedSince(0, 10_000)).series.reduce((sum, series) => sum + series.points.length, 0),
    close: async () => {
      account.close();
      await store.close();
    },
  };
}

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

describe('bad input', () => {
  const known = (plain: string): string => plain;

  it('in the queue is counted, and what came with it is read', async () => {
    const { run, status, close } = await collecting();
    const sqs = builder().sqs;
    for (const MessageBody of ['{', '[]', 'null', '{"Type":"Notification","Message":"{"}', '{"detail-type":"Unheard Of","id":"1","source":"x","time":"now"}'])
      await sqs.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody }));
    await run();
    expect(status('Alarm events')).toMatchObject({ ok: true, error: expect.stringContaining('5 messages of an unknown shape') });
    await close();
  });

  it('of any shape never throws', () => {
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.string()), (body) => {
        expect(['alarm', 'change', 'nothing', 'unknown']).toContain(readMessage(body, known).kind);
      }),
    );
  });

  it('such as an alarm over an expression has no metric, and is an alarm all the same', () => {
    const metrics = [
      { id: 'e1', expression: 'm1/m2' },
      { id: 'm1', metricStat: { metric: { namespace: 'A', name: 'b' }, stat: 'Sum' } },
    ];
    const event = {
      'detail-type': 'CloudWatch Alarm State Change',
      detail: { alarmName: 'ratio', state: { value: 'ALARM', timestamp: '2026-03-04T10:00:00.000+0000' }, configuration: { metrics } },
    };
    expect(alarmOfEvent(event, known)).toMatchObject({ name: 'ratio', state: 'alarm', metric: null, resourceId: null });
  });
});
