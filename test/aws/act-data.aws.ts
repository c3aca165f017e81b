import {
  CreateDBClusterCommand,
  CreateDBInstanceCommand,
  CreateDBParameterGroupCommand,
  DescribeDBClustersCommand,
  DescribeDBInstancesCommand,
} from '@aws-sdk/client-rds';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Remediator } from '../../src/domain/ports.ts';
import { refused, step, wholeLife } from './acting.ts';
import { build, freshAccount, proxy, setStage } from './stage.ts';
import { accountOf, first, settingsOf, signal } from './support.ts';

setStage();
beforeEach(() => freshAccount());

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

  it('reboots a database, and refuses a failover without a standby', async () => {
    await make();
    const act = remediator();
    const state = async () => first((await build.rds.send(new DescribeDBInstancesCommand({}))).DBInstances ?? []).DBInstanceStatus;
    await wholeLife(act, proxy, step('reboot_database', 'rds/db'), state, { before: 'available', after: 'available' });
    await expect(act.dryRun(step('failover_database', 'rds/db'), signal())).rejects.toSatisfy(refused('conflict', 'no standby'));
    const up = step('scale_up', 'rds/db', { size: 'larger' });
    const receipt = await act.execute(up, 'k2', signal());
    expect(receipt).toMatchObject({ before: 'db.r6g.large', after: 'db.r6g.xlarge' });
    expect(first((await build.rds.send(new DescribeDBInstancesCommand({}))).DBInstances ?? []).DBInstanceClass).toBe('db.r6g.xlarge');
    await act.execute(step('expand_volume', 'rds/db', { gb: 5 }), 'k3', signal());
    expect(first((await build.rds.send(new DescribeDBInstancesCommand({}))).DBInstances ?? []).AllocatedStorage).toBe(110);
  });

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
