import { PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { CreateLogGroupCommand, CreateLogStreamCommand, PutLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { CreateTableCommand } from '@aws-sdk/client-dynamodb';
import { CreateSubnetCommand, CreateVpcCommand, DescribeInstancesCommand, RunInstancesCommand } from '@aws-sdk/client-ec2';
import { CreateLoadBalancerCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import { CreateCacheClusterCommand } from '@aws-sdk/client-elasticache';
import { CreateRoleCommand } from '@aws-sdk/client-iam';
import { CreateFunctionCommand } from '@aws-sdk/client-lambda';
import { CreateQueueCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Clients } from '../../src/aws/clients.ts';
import { AwsSchema } from '../../src/aws/settings.ts';
import { step } from './acting.ts';
import { type FaultProxy, startProxy } from './proxy.ts';
import { accountOf, builder, endpoint, first, MINUTE_MS, motoUrl, resetMoto, settingsOf, signal } from './support.ts';

const REGIONS = ['eu-central-1', 'us-east-1'];
const WORD = 'agreed-word';
const NUMBERS = { prod: '111111111111', lab: '222222222222' } as const;
const role = (account: keyof typeof NUMBERS, name: string): string => `arn:aws:iam::${NUMBERS[account]}:role/opsloop-${name}`;
const accounts = (['prod', 'lab'] as const).map((name) => ({
  name,
  regions: REGIONS,
  observe_role: role(name, 'observe'),
  act_role: role(name, 'act'),
  external_id: WORD,
}));
const PLACES = accounts.flatMap((account) => REGIONS.map((region) => ({ account, region, suffix: `@${account.name}.${region}` })));
const NOW_MS = Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS;
const WINDOW = { fromMs: NOW_MS - 30 * MINUTE_MS, toMs: NOW_MS };
const GROUP = '/aws/lambda/invoice';

let proxy: FaultProxy;
const instances = new Map<string, string>(); // by place
const id = (suffix: string): string => instances.get(suffix) ?? '';

/** Clients of the test in one account and region, which take on a role there, as the product does. */
const inside = (place: (typeof PLACES)[number]): Clients =>
  new Clients({ region: place.region, roleArn: place.account.observe_role, externalId: WORD, attempts: 2, pathStyle: true });

beforeAll(async () => {
  proxy = await startProxy(motoUrl());
  endpoint(motoUrl());
  await resetMoto();
  for (const [at, place] of PLACES.entries()) {
    const build = inside(place);
    const made = await build.ec2.send(new RunInstancesCommand({ ImageId: 'ami-12c6146b', MinCount: 1, MaxCount: 1, InstanceType: 't3.micro' }));
    const InstanceId = first(made.Instances ?? []).InstanceId ?? '';
    instances.set(place.suffix, InstanceId);
    const MetricData = Array.from({ length: 20 }, (_, minute) => ({
      MetricName: 'CPUUtilization',
      Dimensions: [{ Name: 'InstanceId', Value: InstanceId }],
      Timestamp: new Date(NOW_MS - (25 - minute) * MINUTE_MS),
      Value: (at + 1) * 10,
    }));
    await build.cloudWatch.send(new PutMetricDataCommand({ Namespace: 'AWS/EC2', MetricData }));
    build.destroy();
  }
  endpoint(proxy.url);
});
afterAll(() => proxy.close());

const account = (more: Record<string, unknown> = {}) => accountOf(settingsOf({ accounts, metrics: { namespaces: ['AWS/EC2'] }, ...more }));

/** `ec2/i-1` at home, `ec2/i-1@lab.us-east-1` elsewhere. */
const named = (suffix: string): string => `ec2/${id(suffix)}${suffix === PLACES[0]?.suffix ? '' : suffix}`;

describe('two accounts in two regions', () => {
  it('are read each with its own role and the agreed word, and nothing is mixed up', async () => {
    const asked: URLSearchParams[] = [];
    proxy.spoil = ({ service, body }) => {
      if (service === 'sts') asked.push(new URLSearchParams(body));
      return null;
    };
    const opened = account();
    const batches = await Promise.all(opened.sources.metrics.map((source) => source.read(WINDOW, signal())));
    expect(opened.sources.metrics.map((source) => source.name)).toEqual(PLACES.map(({ account: { name }, region }) => `CloudWatch metrics ${name} ${region}`));
    for (const [at, { items }] of batches.entries()) {
      const series = first(items);
      expect(items).toHaveLength(1);
      expect(series.resourceId).toBe(named(PLACES[at]?.suffix ?? ''));
      expect(new Set(series.points.map((point) => point.value))).toEqual(new Set([(at + 1) * 10]));
    }
    expect(new Set(batches.map(({ items }) => JSON.stringify(first(items).ref))).size).toBe(4);
    expect(new Set(asked.map((form) => form.get('RoleArn')))).toEqual(new Set([role('prod', 'observe'), role('lab', 'observe')]));
    expect(new Set(asked.map((form) => form.get('ExternalId')))).toEqual(new Set([WORD]));
    const topology = await first(opened.sources.topology).read(signal());
    expect(topology.resources.filter((one) => one.kind === 'ec2').map((one) => one.id)).toEqual(PLACES.map(({ suffix }) => named(suffix)));
    opened.close();
  });

  it('are acted on only where the target is, with the acting role of its account', async () => {
    const roles: string[] = [];
    proxy.spoil = ({ service, body }) => {
      if (service === 'sts') roles.push(new URLSearchParams(body).get('RoleArn') ?? '');
      return null;
    };
    const opened = account();
    const there = '@lab.us-east-1';
    const stop = step('stop_resource', named(there));
    const receipt = await opened.remediator.execute(stop, 'k', signal());
    const states = async () =>
      await Promise.all(
        PLACES.map(async (place) => {
          const build = inside(place);
          const { Reservations } = await build.ec2.send(new DescribeInstancesCommand({ InstanceIds: [id(place.suffix)] }));
          build.destroy();
          return first(first(Reservations ?? []).Instances ?? []).State?.Name;
        }),
      );
    expect(roles.filter((one) => one.endsWith('-act'))).toEqual(expect.arrayContaining([role('lab', 'act')]));
    expect(roles).not.toContain(role('prod', 'act'));
    expect(await states()).toEqual(['running', 'running', 'running', 'stopped']);
    await opened.remediator.rollback(stop, receipt, signal());
    expect(await states()).toEqual(['running', 'running', 'running', 'running']);
    opened.close();
  });

  it('that refuse their role leave the others alone', async () => {
    proxy.spoil = ({ service, body }) => (service === 'sts' && body.includes(NUMBERS.lab) ? { kind: 'error', status: 403, name: 'AccessDenied' } : null);
    const opened = account();
    const outcomes = await Promise.allSettled(opened.sources.metrics.map((source) => source.read(WINDOW, signal())));
    expect(outcomes.map((one) => one.status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'rejected']);
    expect(String((outcomes[2] as PromiseRejectedResult).reason)).toMatch(/in lab eu-central-1 is not allowed for this role/);
    proxy.spoil = () => null;
    opened.close();
  });
});

describe('log groups', () => {
  const write = async (place: (typeof PLACES)[number] | undefined, message: string): Promise<void> => {
    if (place === undefined) throw new Error('no such place');
    const { logs } = inside(place);
    await logs.send(new CreateLogGroupCommand({ logGroupName: GROUP }));
    await logs.send(new CreateLogStreamCommand({ logGroupName: GROUP, logStreamName: 's' }));
    await logs.send(new PutLogEventsCommand({ logGroupName: GROUP, logStreamName: 's', logEvents: [{ timestamp: NOW_MS - 5000, message }] }));
  };
  const read = async (logs: readonly Record<string, unknown>[]) => {
    const opened = account({ logs });
    const batches = await Promise.all(opened.sources.logs.map(async (source) => ({ name: source.name, ...(await source.read(WINDOW, signal())) })));
    opened.close();
    return batches;
  };

  it('are read wherever they are, and where the config says', async () => {
    await write(PLACES[0], 'ERROR at home');
    await write(PLACES[3], 'ERROR far away');
    const everywhere = await read([{ group: GROUP }]);
    expect(everywhere).toHaveLength(4);
    expect(everywhere.flatMap((one) => one.gaps)).toEqual([]);
    expect(everywhere.flatMap((one) => one.items.map((line) => [line.message, line.resourceId]))).toEqual([
      ['ERROR at home', 'lambda/invoice'],
      ['ERROR far away', 'lambda/invoice@lab.us-east-1'],
    ]);
    const there = await read([{ group: GROUP, account: 'lab', region: 'us-east-1' }]);
    expect(there.map((one) => one.name)).toEqual(['CloudWatch Logs lab us-east-1']);
    expect(there.flatMap((one) => one.items.map((line) => line.message))).toEqual(['ERROR far away']);
  });

  it('that are missing where the config says, or at home, are named', async () => {
    const opened = account({ logs: [{ group: GROUP, account: 'lab', region: 'eu-central-1' }] });
    await expect(first(opened.sources.logs).read(WINDOW, signal())).rejects.toThrow(/logs:FilterLogEvents in lab eu-central-1 found nothing/);
    opened.close();
    const other = account({ logs: [{ group: '/nowhere' }] });
    const outcomes = await Promise.allSettled(other.sources.logs.map((source) => source.read(WINDOW, signal())));
    expect(outcomes.map((one) => one.status)).toEqual(['rejected', 'fulfilled', 'fulfilled', 'fulfilled']);
    other.close();
  });

  it('of a place that the accounts do not have are refused at once', () => {
    const problem = (logs: Record<string, unknown>) => AwsSchema.safeParse({ accounts, logs: [logs] }).error?.issues[0]?.message;
    expect(problem({ group: GROUP, account: 'stage' })).toContain('no account stage');
    expect(problem({ group: GROUP, account: 'lab', region: 'eu-west-1' })).toContain('does not list the region eu-west-1');
    expect(problem({ group: GROUP, region: 'us-east-1' })).toBeUndefined();
  });
});

describe('tags', () => {
  it('of functions, tables, queues, balancers and caches name their service, though their own descriptions do not', async () => {
    const place = PLACES[0];
    if (place === undefined) throw new Error('there are places');
    const build = inside(place);
    const Tags = [
      { Key: 'service', Value: 'shop' },
      { Key: 'environment', Value: 'prod' },
    ];
    const made = await builder().iam.send(new CreateRoleCommand({ RoleName: 'r', AssumeRolePolicyDocument: '{}' }));
    await inside(place).iam.send(new CreateRoleCommand({ RoleName: 'r', AssumeRolePolicyDocument: '{}' }));
    await build.lambda.send(
      new CreateFunctionCommand({
        FunctionName: 'invoice',
        Role: made.Role?.Arn?.replace(/\d{12}/, NUMBERS.prod),
        Runtime: 'nodejs22.x',
        Handler: 'i.h',
        Code: { ZipFile: Buffer.from('UEsFBgAAAAAAAAAAAAAAAAAAAAAAAA==', 'base64') },
        Tags: { service: 'shop', environment: 'prod' },
      }),
    );
    await build.dynamo.send(
      new CreateTableCommand({
        TableName: 'carts',
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        BillingMode: 'PAY_PER_REQUEST',
        Tags,
      }),
    );
    await build.sqs.send(new CreateQueueCommand({ QueueName: 'orders', tags: { service: 'shop', environment: 'prod' } }));
    await build.elastiCache.send(
      new CreateCacheClusterCommand({ CacheClusterId: 'sessions', Engine: 'redis', CacheNodeType: 'cache.t4g.micro', NumCacheNodes: 1, Tags }),
    );
    const { Vpc } = await build.ec2.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }));
    const Subnets: string[] = [];
    for (const [at, zone] of ['a', 'b'].entries()) {
      const subnet = { VpcId: Vpc?.VpcId, CidrBlock: `10.0.${at}.0/24`, AvailabilityZone: `eu-central-1${zone}` };
      Subnets.push((await build.ec2.send(new CreateSubnetCommand(subnet))).Subnet?.SubnetId ?? '');
    }
    await build.elb.send(new CreateLoadBalancerCommand({ Name: 'shop', Subnets, Tags }));
    const opened = account();
    const { resources } = await first(opened.sources.topology).read(signal());
    for (const resource of ['lambda/invoice', 'dynamodb/carts', 'sqs/orders', 'elasticache/sessions', 'alb/shop'])
      expect(
        resources.find((one) => one.id === resource),
        resource,
      ).toMatchObject({ service: 'shop', environment: 'prod' });
    opened.close();
  });
});
