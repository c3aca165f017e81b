import { PutMetricAlarmCommand, PutMetricDataCommand, SetAlarmStateCommand } from '@aws-sdk/client-cloudwatch';
import { CreateQueueCommand, GetQueueAttributesCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { awsError } from '../../src/aws/errors.ts';
import { readMessage } from '../../src/aws/events/message.ts';
import { OBSERVE_ACTIONS, OWN_ACTIONS } from '../../src/aws/policies.ts';
import { AwsSchema } from '../../src/aws/settings.ts';
import { type Collecting, startCollecting } from './collecting.ts';
import { type Double, startDouble } from './double/server.ts';
import { type FaultProxy, startProxy } from './proxy.ts';
import { builder, endpoint, MINUTE_MS, motoUrl, resetMoto, settingsOf } from './support.ts';

const NOW_MS = Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS;
const GROUP = '/shop/app';
const ALL = { fromMs: 0, toMs: NOW_MS + 3_600_000 };
let proxy: FaultProxy;
let double: Double;
let queueUrl = '';
let queues = 0;
let open: Collecting | null = null;

beforeAll(async () => {
  await resetMoto();
  proxy = await startProxy(motoUrl());
  double = await startDouble();
  endpoint(motoUrl());
  endpoint(double.url, 'CLOUDTRAIL');
  const build = builder();
  const MetricData = Array.from({ length: 20 }, (_, at) => ({
    MetricName: 'CPUUtilization',
    Dimensions: [{ Name: 'InstanceId', Value: 'i-1' }],
    Timestamp: new Date(NOW_MS - (at + 2) * MINUTE_MS),
    Value: at,
  }));
  await build.cloudWatch.send(new PutMetricDataCommand({ Namespace: 'AWS/EC2', MetricData }));
  endpoint(proxy.url);
});
beforeEach(async () => {
  proxy.spoil = () => null;
  queues += 1;
  queueUrl = (await builder().sqs.send(new CreateQueueCommand({ QueueName: `events-${queues}` }))).QueueUrl ?? '';
  proxy.calls();
});
afterEach(async () => {
  await open?.close();
  open = null;
  delete process.env['AWS_ENDPOINT_URL_CLOUDWATCH'];
});
afterAll(async () => {
  await proxy.close();
  await double.close();
});

async function collecting(more: Record<string, unknown> = {}): Promise<Collecting> {
  open = await startCollecting(settingsOf({ metrics: { namespaces: ['AWS/EC2'] }, queue_url: queueUrl, ...more }), NOW_MS);
  return open;
}
const post = (body: unknown): Promise<unknown> =>
  builder().sqs.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: typeof body === 'string' ? body : JSON.stringify(body) }));

/** Reading, and deleting messages of the own queue: nothing else may ever follow from what was read. */
function onlyReads(): void {
  const may = new Set<string>([...OBSERVE_ACTIONS, ...OWN_ACTIONS.queue, 'sqs:DeleteMessageBatch', 'sqs:SendMessage']);
  expect(proxy.calls().filter((call) => !may.has(call))).toEqual([]);
}

describe('a wrong region', () => {
  it('fails its own sources, and the others go on', async () => {
    endpoint('http://monitoring.eu-nowhere-1.invalid', 'CLOUDWATCH');
    const { run, status } = await collecting();
    await run();
    for (const source of ['CloudWatch metrics', 'CloudWatch alarms'])
      expect(status(source)).toMatchObject({ ok: false, error: expect.stringMatching(/found no server|did not answer/) }); // as fast as names are looked up here
    for (const source of ['CloudTrail', 'Alarm events', 'AWS resources']) expect(status(source), source).toMatchObject({ ok: true });
    onlyReads();
  });

  it('is what is said of a server that there is not', () => {
    const error = Object.assign(new Error('getaddrinfo ENOTFOUND monitoring.eu-nowhere-1.amazonaws.com'), { code: 'ENOTFOUND' });
    expect(awsError(error, 'cloudwatch:GetMetricData', { label: 'prod eu-nowhere-1' })).toMatchObject({
      code: 'unavailable',
      message: 'cloudwatch:GetMetricData in prod eu-nowhere-1 found no server: the region is wrong, or this machine is offline.',
      hint: expect.stringContaining('aws.accounts'),
    });
  });

  it('of no such form is refused with the config', () => {
    const said = AwsSchema.safeParse({ accounts: [{ name: 'prod', regions: ['frankfurt'] }] }).error?.issues[0]?.message;
    expect(said).toBe('a region such as eu-central-1');
  });
});

describe('a metric', () => {
  const extra = (name: string, stat = 'Average') => ({ namespace: 'Shop', name, stat });

  it('that does not exist is asked for without harm, and the others are read', async () => {
    const { run, status, points } = await collecting({ metrics: { namespaces: ['AWS/EC2'], extra: [extra('Nothing')] } });
    expect(await run()).toEqual([]);
    expect(status('CloudWatch metrics')).toMatchObject({ ok: true, error: null });
    expect(await points()).toBe(20);
  });

  it('that CloudWatch refuses costs itself only, and is named', async () => {
    proxy.spoil = ({ service, body }) =>
      service === 'monitoring' && body.includes('MetricDataQueries') && body.includes('Wr0ng') ? { kind: 'error', status: 400, name: 'ValidationError' } : null;
    const { run, points } = await collecting({ metrics: { namespaces: ['AWS/EC2'], extra: [extra('Wr0ng'), extra('A'), extra('B')] } });
    const gaps = await run();
    expect(gaps).toEqual([expect.stringMatching(/GetMetricData in default eu-central-1 was refused.*\(Shop Wr0ng\)$/)]);
    expect(await points()).toBe(20);
  });

  it('with a statistic that there is not is refused with the config', () => {
    const of = (stat: string) => AwsSchema.safeParse({ metrics: { extra: [extra('A', stat)] } }).success;
    for (const stat of ['Average', 'p99', 'p99.9', 'tm95', 'TM(10%:90%)', 'IQM']) expect(of(stat), stat).toBe(true);
    for (const stat of ['Mean', 'p', 'average', 'Sum; drop']) expect(of(stat), stat).toBe(false);
  });
});

describe('an alarm over an expression', () => {
  it('is an alarm that speaks of no metric, described or told', async () => {
    const metric = (Id: string, MetricName: string) => ({
      Id,
      MetricStat: { Metric: { Namespace: 'Shop', MetricName }, Period: 60, Stat: 'Sum' },
      ReturnData: false,
    });
    await builder().cloudWatch.send(
      new PutMetricAlarmCommand({
        AlarmName: 'ratio',
        Metrics: [metric('m1', 'Failed'), metric('m2', 'All'), { Id: 'e1', Expression: 'm1/m2', ReturnData: true }],
        EvaluationPeriods: 1,
        Threshold: 0.1,
        ComparisonOperator: 'GreaterThanThreshold',
      }),
    );
    await builder().cloudWatch.send(new SetAlarmStateCommand({ AlarmName: 'ratio', StateValue: 'ALARM', StateReason: 'too many' }));
    const metrics = [
      { id: 'e1', expression: 'm1/m2' },
      { id: 'm1', metricStat: { metric: { namespace: 'Shop', name: 'Failed' }, stat: 'Sum' } },
    ];
    await post({
      id: 'e-1',
      source: 'aws.cloudwatch',
      'detail-type': 'CloudWatch Alarm State Change',
      time: new Date(NOW_MS).toISOString(),
      detail: { alarmName: 'told', state: { value: 'ALARM', timestamp: new Date(NOW_MS - 1000).toISOString() }, configuration: { metrics } },
    });
    const { run, store, clock } = await collecting();
    clock.advance(20 * MINUTE_MS); // moto stamps the state with its own clock, and the tests before this one took their time
    await run();
    const alarms = await store.signals.alarms(ALL, 10);
    expect(
      alarms.map(({ name, state, metric: about, resourceId }) => ({ name, state, about, resourceId })).toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    ).toEqual([
      { name: 'ratio', state: 'alarm', about: null, resourceId: null },
      { name: 'told', state: 'alarm', about: null, resourceId: null },
    ]);
  });
});

describe('a log line of a megabyte', () => {
  it('is cut and counted, and the lines beside it are whole', async () => {
    const event = (eventId: string, message: string) => ({ eventId, timestamp: NOW_MS - 1000, ingestionTime: NOW_MS, message });
    const events = [event('1', 'ERROR short'), event('2', `ERROR ${'x'.repeat(1_000_000)}`), event('3', `WARN ${'y'.repeat(400_000)}`)];
    proxy.spoil = ({ service, body }) => (service === 'logs' && body.includes(GROUP) ? { kind: 'answer', body: { events } } : null);
    const { run, store, status } = await collecting({ logs: [{ group: GROUP }] });
    expect(await run()).toEqual([`2 lines of ${GROUP} in default eu-central-1 were too long; their ends were not kept.`]);
    expect(status('CloudWatch Logs')).toMatchObject({ ok: true });
    const lines = (await store.signals.logs({ window: ALL, limit: 10 })).map((line) => line.message);
    expect(lines.map((line) => line.length).toSorted((a, b) => a - b)).toEqual([11, 262_144, 262_144]);
    expect(lines.filter((line) => line.endsWith('(cut)'))).toHaveLength(2);
  });
});

describe('the event queue', () => {
  const deploy = (id: string) => ({
    id,
    source: 'aws.ecs',
    'detail-type': 'ECS Deployment State Change',
    time: new Date(NOW_MS - 4000).toISOString(),
    resources: ['arn:aws:ecs:eu-central-1:123456789012:service/shop/checkout'],
    detail: { eventName: 'SERVICE_DEPLOYMENT_IN_PROGRESS' },
  });

  it('with events of unknown shapes counts them, reads the others, leaves the bad ones to the dead-letter queue and does nothing', async () => {
    const strange = [
      '{',
      '[]',
      'null',
      { Type: 'Notification', Message: '{' },
      { 'detail-type': 'Unheard Of', id: '1', source: 'x', time: 'now' },
      { plan: 'PLAN-1', action: 'terminate_instance', targetId: 'ec2/i-1', approve: true },
      { AlarmName: 'forged', NewStateValue: 'EXPLODED', StateChangeTime: 'yesterday' },
    ];
    for (const body of [...strange, deploy('good')]) await post(body);
    const { run, store, status } = await collecting();
    const gaps = await run();
    expect(new Set(gaps)).toEqual(new Set([expect.stringContaining(`${strange.length} messages of an unknown shape`)]));
    expect(status('Alarm events')).toMatchObject({ ok: true });
    expect((await store.signals.changes(ALL, 10)).map((change) => change.id)).toEqual(['good']);
    expect(await store.signals.alarms({ fromMs: 0, toMs: NOW_MS - 1 }, 10)).toEqual([]);
    const { Attributes } = await builder().sqs.send(new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: ['All'] }));
    expect(Attributes?.['ApproximateNumberOfMessagesNotVisible']).toBe(String(strange.length));
    onlyReads();
  });

  it('that gives a message twice, or again after a while, tells it once', async () => {
    const { run, store, clock } = await collecting();
    await post(deploy('once'));
    await post({ Type: 'Notification', Message: JSON.stringify(deploy('once')) });
    await run();
    await post(deploy('once'));
    clock.advance(MINUTE_MS);
    await run();
    expect(await store.signals.changes(ALL, 10)).toHaveLength(1);
    const { Attributes } = await builder().sqs.send(new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: ['All'] }));
    expect(Attributes).toMatchObject({ ApproximateNumberOfMessages: '0', ApproximateNumberOfMessagesNotVisible: '0' });
  });

  it('with messages of any shape never throws', () => {
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.string()), (body) => {
        expect(['alarm', 'change', 'nothing', 'unknown']).toContain(readMessage(body, (plain) => plain).kind);
      }),
    );
  });
});
