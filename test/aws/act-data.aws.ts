import { CreateTableCommand, DescribeTableCommand } from '@aws-sdk/client-dynamodb';
import { CreateSubnetCommand, CreateVpcCommand } from '@aws-sdk/client-ec2';
import {
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  CreateTargetGroupCommand,
  DescribeLoadBalancersCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { CreateCacheClusterCommand, CreateReplicationGroupCommand, DescribeReplicationGroupsCommand } from '@aws-sdk/client-elasticache';
import { CreateAccessKeyCommand, CreateUserCommand, ListAccessKeysCommand } from '@aws-sdk/client-iam';
import {
  CreateDBClusterCommand,
  CreateDBInstanceCommand,
  CreateDBParameterGroupCommand,
  DescribeDBClustersCommand,
  DescribeDBInstancesCommand,
} from '@aws-sdk/client-rds';
import { ListCommandsCommand } from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Clients } from '../../src/aws/clients.ts';
import type { Remediator } from '../../src/domain/ports.ts';
import { refused, step, wholeLife } from './acting.ts';
import { type Double, startDouble } from './double/server.ts';
import { type FaultProxy, startProxy } from './proxy.ts';
import { accountOf, builder, endpoint, first, motoUrl, resetMoto, settingsOf, signal } from './support.ts';

const HOST = 'i-0123456789abcdef0';
let proxy: FaultProxy;
let double: Double;
let build: Clients;

beforeAll(async () => {
  proxy = await startProxy(motoUrl());
  double = await startDouble();
});
afterAll(async () => {
  await proxy.close();
  await double.close();
});
beforeEach(async () => {
  proxy.spoil = () => null;
  endpoint(motoUrl());
  await resetMoto();
  build = builder();
  endpoint(proxy.url);
});

const remediator = (more: Record<string, unknown> = {}): Remediator => accountOf(settingsOf(more)).remediator;

describe('a database', () => {
  const make = (more: Record<string, unknown> = {}) =>
    build.rds.send(
      new CreateDBInstanceCommand({
        DBInstanceIdentifier: 'db',
        DBInstanceClass: 'db.r6g.large',
        Engine: 'mysql',
        AllocatedStorage: 100,
        MasterUsername: 'u',
        MasterUserPassword: 'not-a-secret',
        ...more,
      }),
    );
  const database = async () => first((await build.rds.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: 'db' }))).DBInstances ?? []);

  it('is stopped and started', async () => {
    await make();
    const state = async () => (await database()).DBInstanceStatus;
    await wholeLife(remediator(), proxy, step('stop_resource', 'rds/db'), state, { before: 'available', after: 'stopped', undone: 'available' });
    await expect(remediator().dryRun(step('stop_resource', 'rds/cluster/none'), signal())).rejects.toSatisfy(refused('not_found', 'rds/cluster/none'));
  });

  it('becomes larger and gets its size back; storage grows for good', async () => {
    await make();
    const size = async () => (await database()).DBInstanceClass;
    const up = step('scale_up', 'rds/db', { size: 'db.r6g.xlarge' });
    await wholeLife(remediator(), proxy, up, size, { before: 'db.r6g.large', after: 'db.r6g.xlarge', undone: 'db.r6g.large' });
    await wholeLife(remediator(), proxy, step('expand_volume', 'rds/db', { gb: 50 }), async () => (await database()).AllocatedStorage, {
      before: 100,
      after: 150,
    });
    await expect(remediator().dryRun(step('scale_up', 'rds/db', { size: 'db.r6g.4xlarge' }), signal())).rejects.toSatisfy(refused('limited', 'at once'));
  });

  it('with a standby fails over by a forced reboot, and back by another', async () => {
    await make({ MultiAZ: true });
    const home = (await database()).AvailabilityZone ?? '';
    let zone = home;
    const forced: string[] = [];
    // moto reboots, but the primary stays where it is: its zone is told here.
    proxy.spoil = ({ body }) => {
      const form = new URLSearchParams(body);
      if (form.get('Action') === 'RebootDBInstance') {
        forced.push(form.get('ForceFailover') ?? 'no');
        zone = zone === home ? 'eu-central-1z' : home;
      }
      return form.get('Action') === 'DescribeDBInstances' && zone !== home ? { kind: 'answer', body: standby(zone) } : null;
    };
    await wholeLife(remediator(), proxy, step('failover_database', 'rds/db'), async () => zone, { before: home, after: 'eu-central-1z', undone: home });
    expect(forced).toEqual(['true', 'true']);
  });

  it('of Aurora makes another member the writer, and the first one again', async () => {
    const cluster = { DBClusterIdentifier: 'aurora', Engine: 'aurora-mysql', MasterUsername: 'u', MasterUserPassword: 'not-a-secret' };
    await build.rds.send(new CreateDBClusterCommand(cluster));
    for (const name of ['one', 'two'])
      await make({
        DBInstanceIdentifier: name,
        Engine: 'aurora-mysql',
        DBClusterIdentifier: 'aurora',
        AllocatedStorage: undefined,
        MasterUsername: undefined,
        MasterUserPassword: undefined,
      });
    const writer = async () =>
      first((await build.rds.send(new DescribeDBClustersCommand({}))).DBClusters ?? []).DBClusterMembers?.find((one) => one.IsClusterWriter)
        ?.DBInstanceIdentifier;
    await wholeLife(remediator(), proxy, step('failover_database', 'rds/cluster/aurora'), writer, { before: 'one', after: 'two', undone: 'one' });
  });

  it('takes more connections, where it has a parameter group of its own with a number in it', async () => {
    await build.rds.send(
      new CreateDBParameterGroupCommand({ DBParameterGroupName: 'shop', DBParameterGroupFamily: 'mysql8.0', Description: 'the limit of the shop' }),
    );
    await make({ DBParameterGroupName: 'shop' });
    let limit = '500';
    // moto keeps parameters, but cannot show them.
    proxy.spoil = ({ body }) => {
      const form = new URLSearchParams(body);
      if (form.get('Action') === 'ModifyDBParameterGroup') limit = form.get('Parameters.Parameter.1.ParameterValue') ?? limit;
      if (form.get('Action') !== 'DescribeDBParameters') return null;
      return { kind: 'answer', body: parameters({ max_allowed_packet: '16777216', max_connections: limit }) };
    };
    const raise = step('raise_connection_limit', 'rds/db', { limit: 800 });
    await wholeLife(remediator(), proxy, raise, async () => limit, { before: '500', after: '800', undone: '500' });
    await expect(remediator().dryRun(step('raise_connection_limit', 'rds/db', { limit: 2000 }), signal())).rejects.toSatisfy(
      refused('limited', 'from 500 to 1000'),
    );
    limit = '{DBInstanceClassMemory/12582880}';
    await expect(remediator().dryRun(raise, signal())).rejects.toSatisfy(refused('conflict', 'is a formula'));
  });
});

/** RDS's own form of an answer. */
const told = (action: string, inside: string): string =>
  `<${action}Response xmlns="http://rds.amazonaws.com/doc/2014-10-31/"><${action}Result>${inside}</${action}Result><ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></${action}Response>`;
const standby = (zone: string): string =>
  told(
    'DescribeDBInstances',
    `<DBInstances><DBInstance><DBInstanceIdentifier>db</DBInstanceIdentifier><DBInstanceStatus>available</DBInstanceStatus><AvailabilityZone>${zone}</AvailabilityZone><MultiAZ>true</MultiAZ></DBInstance></DBInstances>`,
  );
const parameters = (values: Record<string, string>): string =>
  told(
    'DescribeDBParameters',
    `<Parameters>${Object.entries(values)
      .map(
        ([name, value]) =>
          `<Parameter><ParameterName>${name}</ParameterName><ParameterValue>${value}</ParameterValue><ApplyType>dynamic</ApplyType><IsModifiable>true</IsModifiable></Parameter>`,
      )
      .join('')}</Parameters>`,
  );

describe('a cache', () => {
  beforeEach(async () => {
    await build.elastiCache.send(
      new CreateReplicationGroupCommand({
        ReplicationGroupId: 'carts',
        ReplicationGroupDescription: 'carts',
        Engine: 'redis',
        CacheNodeType: 'cache.r6g.large',
        NumCacheClusters: 2,
      }),
    );
    // moto shows no nodes of a group by itself.
    const node = { CacheClusterId: 'carts-001', ReplicationGroupId: 'carts', Engine: 'redis', CacheNodeType: 'cache.r6g.large', NumCacheNodes: 1 };
    await build.elastiCache.send(new CreateCacheClusterCommand(node));
  });

  it('is emptied from the instance that the config names', async () => {
    const sent = async () => (await build.ssm.send(new ListCommandsCommand({}))).Commands?.map((one) => one.Parameters?.['commands']) ?? [];
    const caches = [{ id: 'elasticache/carts', host: HOST }];
    const receipt = await wholeLife(remediator({ caches }), proxy, step('clear_cache', 'elasticache/carts'), sent, {
      before: [],
      after: [[expect.stringMatching(/^redis-cli -h '[\w.-]+' -p \d+( --tls)? FLUSHALL ASYNC$/)]],
    });
    expect(receipt).toMatchObject({ status: 'Success' });
    await expect(remediator().dryRun(step('clear_cache', 'elasticache/carts'), signal())).rejects.toSatisfy(refused('conflict', 'aws.caches'));
  });

  it('gets larger nodes, and its own size back', async () => {
    const size = async () => first((await build.elastiCache.send(new DescribeReplicationGroupsCommand({}))).ReplicationGroups ?? []).CacheNodeType;
    const up = step('scale_up', 'elasticache/carts', { size: 'larger' });
    await wholeLife(remediator(), proxy, up, size, { before: 'cache.r6g.large', after: 'cache.r6g.xlarge', undone: 'cache.r6g.large' });
  });
});

describe('a table', () => {
  it('gets more capacity, and its own back', async () => {
    await build.dynamo.send(
      new CreateTableCommand({
        TableName: 'carts',
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        ProvisionedThroughput: { ReadCapacityUnits: 10, WriteCapacityUnits: 5 },
      }),
    );
    const units = async () => {
      const { Table } = await build.dynamo.send(new DescribeTableCommand({ TableName: 'carts' }));
      return [Table?.ProvisionedThroughput?.ReadCapacityUnits, Table?.ProvisionedThroughput?.WriteCapacityUnits];
    };
    const raise = step('raise_capacity', 'dynamodb/carts', { units: 10 });
    await wholeLife(remediator(), proxy, raise, units, { before: [10, 5], after: [10, 10], undone: [10, 5] });
  });
});

describe('a load balancer', () => {
  const zones = ['eu-central-1a', 'eu-central-1b', 'eu-central-1c'];
  const served = async () =>
    first((await build.elb.send(new DescribeLoadBalancersCommand({ Names: ['shop'] }))).LoadBalancers ?? [])
      .AvailabilityZones?.map((zone) => zone.ZoneName)
      .sort();
  beforeEach(async () => {
    const { Vpc } = await build.ec2.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }));
    const Subnets: string[] = [];
    for (const [at, AvailabilityZone] of zones.entries()) {
      const made = await build.ec2.send(new CreateSubnetCommand({ VpcId: Vpc?.VpcId, CidrBlock: `10.0.${at}.0/24`, AvailabilityZone }));
      Subnets.push(made.Subnet?.SubnetId ?? '');
    }
    const balancer = first((await build.elb.send(new CreateLoadBalancerCommand({ Name: 'shop', Subnets }))).LoadBalancers ?? []);
    const made = await build.elb.send(new CreateTargetGroupCommand({ Name: 'web', Protocol: 'HTTP', Port: 80, VpcId: Vpc?.VpcId, TargetType: 'instance' }));
    const { TargetGroupArn } = first(made.TargetGroups ?? []);
    const DefaultActions = [{ Type: 'forward' as const, TargetGroupArn }];
    await build.elb.send(new CreateListenerCommand({ LoadBalancerArn: balancer.LoadBalancerArn, Protocol: 'HTTP', Port: 80, DefaultActions }));
  });

  it('leaves the zone that is named, and comes back to it', async () => {
    await wholeLife(remediator(), proxy, step('leave_zone', 'alb/shop', { zone: 'eu-central-1b' }), served, {
      before: zones,
      after: ['eu-central-1a', 'eu-central-1c'],
      undone: zones,
    });
  });

  it('keeps two zones, and leaves none by itself when no single one is sick', async () => {
    const act = remediator();
    await act.execute(step('leave_zone', 'alb/shop', { zone: 'eu-central-1b' }), 'k', signal());
    await expect(act.dryRun(step('leave_zone', 'alb/shop', { zone: 'eu-central-1a' }), signal())).rejects.toSatisfy(refused('conflict', '2 must stay'));
    await expect(act.dryRun(step('leave_zone', 'alb/shop', { zone: 'affected' }), signal())).rejects.toSatisfy(refused('conflict', 'No single zone'));
  });

  it('finds the one zone whose targets fail', async () => {
    proxy.spoil = ({ body }) => {
      const action = new URLSearchParams(body).get('Action');
      if (action === 'DescribeTargetGroups') return { kind: 'answer', body: groups('arn:aws:elasticloadbalancing:eu-central-1:1:targetgroup/web/1') };
      return action === 'DescribeTargetHealth' ? { kind: 'answer', body: health({ 'eu-central-1a': 'healthy', 'eu-central-1c': 'unhealthy' }) } : null;
    };
    await wholeLife(remediator(), proxy, step('leave_zone', 'alb/shop', { zone: 'affected' }), served, {
      before: zones,
      after: ['eu-central-1a', 'eu-central-1b'],
      undone: zones,
    });
  });
});

const wrapped = (action: string, inside: string): string =>
  `<${action}Response xmlns="http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/"><${action}Result>${inside}</${action}Result><ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></${action}Response>`;
const groups = (arn: string): string =>
  wrapped('DescribeTargetGroups', `<TargetGroups><member><TargetGroupArn>${arn}</TargetGroupArn><TargetType>instance</TargetType></member></TargetGroups>`);
const health = (zones: Record<string, string>): string =>
  wrapped(
    'DescribeTargetHealth',
    `<TargetHealthDescriptions>${Object.entries(zones)
      .map(
        ([zone, state]) =>
          `<member><Target><Id>i-${zone}</Id><AvailabilityZone>${zone}</AvailabilityZone></Target><TargetHealth><State>${state}</State></TargetHealth></member>`,
      )
      .join('')}</TargetHealthDescriptions>`,
  );

describe('an access key', () => {
  it('is switched off and on by requests that the policy allows', async () => {
    await build.iam.send(new CreateUserCommand({ UserName: 'ci' }));
    for (let at = 0; at < 2; at += 1) await build.iam.send(new CreateAccessKeyCommand({ UserName: 'ci' }));
    const states = async () => (await build.iam.send(new ListAccessKeysCommand({ UserName: 'ci' }))).AccessKeyMetadata?.map((key) => key.Status);
    await wholeLife(remediator(), proxy, step('disable_access_key', 'iam/ci'), states, {
      before: ['Active', 'Active'],
      after: ['Inactive', 'Inactive'],
      undone: ['Active', 'Active'],
    });
  });
});

describe('a configuration in AppConfig', () => {
  const appconfig = [{ name: 'shop-flags', application: 'app1234', environment: 'env1234', profile: 'prof123' }];
  const revert = step('revert_config', 'config/shop-flags');
  const act = (): Remediator => {
    endpoint(double.url, 'APPCONFIG');
    return remediator({ appconfig });
  };
  const versions = () => double.state.deployments.map((one) => `${one.number} v${one.version} ${one.state}`);

  it('goes back to the version that was deployed before, and forth again', async () => {
    double.state.deploy('prof123', ['1', '2', '3'], 'COMPLETE');
    const remediate = act();
    double.state.calls.length = 0;
    expect(await remediate.inspect(revert, signal())).toMatchObject({ summary: { version: '3', earlier: '2', state: 'complete' } });
    const receipt = await remediate.execute(revert, 'k', signal());
    expect(versions().at(-1)).toBe('4 v2 COMPLETE');
    expect((await remediate.lookup(revert, 'k', signal())).found).toBe('yes');
    await remediate.rollback(revert, receipt, signal());
    expect(versions().at(-1)).toBe('5 v3 COMPLETE');
    expect(new Set(double.state.calls)).toEqual(new Set(['ListDeployments', 'StartDeployment']));
  });

  it('that is still being deployed is stopped, which AppConfig takes back', async () => {
    double.state.deploy('prof123', ['1', '2'], 'DEPLOYING');
    const remediate = act();
    expect((await remediate.dryRun(revert, signal())).text).toContain('Stops the deployment of version 2');
    const receipt = await remediate.execute(revert, 'k', signal());
    expect(versions()).toEqual(['1 v1 COMPLETE', '2 v2 ROLLED_BACK']);
    expect((await remediate.lookup(revert, 'k', signal())).found).toBe('yes');
    await expect(remediate.dryRun(revert, signal())).rejects.toSatisfy(refused('conflict', 'taken back already'));
    await remediate.rollback(revert, receipt, signal());
    expect(versions().at(-1)).toBe('3 v2 COMPLETE');
  });

  it('that somebody deployed since is left as it is; a first version has nothing before it', async () => {
    double.state.deploy('prof123', ['1', '2'], 'COMPLETE');
    const remediate = act();
    const receipt = await remediate.execute(revert, 'k', signal());
    double.state.deploy('prof123', ['1', '2', '1', '7'], 'COMPLETE');
    await expect(remediate.rollback(revert, receipt, signal())).rejects.toSatisfy(refused('conflict', 'changed by somebody else'));
    double.state.deploy('prof123', ['1'], 'COMPLETE');
    await expect(remediate.dryRun(revert, signal())).rejects.toSatisfy(refused('conflict', 'no other version'));
  });
});
