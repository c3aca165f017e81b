import { CreateAutoScalingGroupCommand, CreateLaunchConfigurationCommand, DescribeAutoScalingGroupsCommand } from '@aws-sdk/client-auto-scaling';
import { CreateTableCommand } from '@aws-sdk/client-dynamodb';
import {
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  CreateSnapshotCommand,
  CreateTagsCommand,
  CreateVolumeCommand,
  DeleteVolumeCommand,
  DescribeInstancesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSnapshotsCommand,
  RunInstancesCommand,
} from '@aws-sdk/client-ec2';
import { CreateClusterCommand, CreateServiceCommand, DescribeServicesCommand, RegisterTaskDefinitionCommand, UpdateServiceCommand } from '@aws-sdk/client-ecs';
import { CreateAccessKeyCommand, CreateRoleCommand, CreateUserCommand, ListAccessKeysCommand } from '@aws-sdk/client-iam';
import { CreateFunctionCommand, GetFunctionConcurrencyCommand, PutFunctionConcurrencyCommand } from '@aws-sdk/client-lambda';
import { CreateDBInstanceCommand, DescribeDBInstancesCommand } from '@aws-sdk/client-rds';
import { GetParameterCommand, ListCommandsCommand, PutParameterCommand } from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CATALOGUE } from '../../src/action/catalogue/index.ts';
import type { Clients } from '../../src/aws/clients.ts';
import type { Remediator } from '../../src/domain/ports.ts';
import { remediatorContract } from '../contracts/remediator.ts';
import { refused, step, wholeLife } from './acting.ts';
import { type Double, startDouble } from './double/server.ts';
import { type FaultProxy, startProxy } from './proxy.ts';
import { accountOf, builder, endpoint, first, memoryArchive, motoUrl, resetMoto, settingsOf, signal } from './support.ts';

const settings = settingsOf({
  parameters: ['/shop/flags'],
  automation: [{ document: 'AWS-RestartEC2Instance', target_parameter: 'InstanceId', target_kinds: ['ec2'] }],
  blast: { targets_per_hour: 100 },
});
const day = 24 * 3_600_000;

let proxy: FaultProxy;
let double: Double;
let build: Clients;
let instanceId = '';
let secondId = '';
let groupId = '';

beforeAll(async () => {
  proxy = await startProxy(motoUrl());
  double = await startDouble();
});
afterAll(async () => {
  await proxy.close();
  await double.close();
});

/** A small shop, fresh. */
async function shop(): Promise<void> {
  proxy.spoil = () => null;
  endpoint(motoUrl());
  await resetMoto();
  build = builder();
  const instances = await build.ec2.send(new RunInstancesCommand({ ImageId: 'ami-12c6146b', MinCount: 2, MaxCount: 2, InstanceType: 't3.micro' }));
  [instanceId = '', secondId = ''] = (instances.Instances ?? []).map((one) => one.InstanceId ?? '');
  await build.ecs.send(new CreateClusterCommand({ clusterName: 'shop' }));
  for (const image of ['app:1', 'app:2'])
    await build.ecs.send(new RegisterTaskDefinitionCommand({ family: 'checkout', containerDefinitions: [{ name: 'app', image, memory: 128 }] }));
  await build.ecs.send(new CreateServiceCommand({ cluster: 'shop', serviceName: 'checkout', taskDefinition: 'checkout:2', desiredCount: 4 }));
  await build.ecs.send(new CreateServiceCommand({ cluster: 'shop', serviceName: 'down', taskDefinition: 'checkout:2', desiredCount: 0 }));
  endpoint(proxy.url);
}

const remediator = (changes: Record<string, unknown> = {}): Remediator =>
  accountOf({ ...settings, ...changes }, { now: () => Date.now() + 2 * day }).remediator;
const service = async () => first((await build.ecs.send(new DescribeServicesCommand({ cluster: 'shop', services: ['checkout'] }))).services ?? []);
remediatorContract('AWS', async () => {
  await shop();
  return {
    remediator: accountOf(settings, undefined, memoryArchive()).remediator,
    reversible: step('scale_out', 'ecs/shop/checkout', { count: 2 }),
    lasting: step('reboot_instance', `ec2/${instanceId}`),
    unknownTarget: step('restart_service', 'ecs/shop/nowhere'),
    wrongKind: step('scale_out', `ec2/${instanceId}`, { count: 1 }),
    wrongParams: step('scale_out', 'ecs/shop/checkout', { count: 5000 }),
    alreadySo: step('take_service_down', 'ecs/shop/down'),
    effects: async () => ((await service()).desiredCount === 4 ? 0 : ((await service()).desiredCount ?? 0) / 2 - 2),
    fail: () => {
      proxy.spoil = () => ({ kind: 'refuse' });
    },
  };
});

describe('what AWS can do', () => {
  beforeEach(shop);

  it('is part of the catalogue, with targets that the catalogue names', () => {
    for (const name of remediator().actions) expect(CATALOGUE.map((facts) => facts.name)).toContain(name);
    expect(CATALOGUE.map((facts) => facts.name).filter((name) => !remediator().actions.includes(name))).toEqual(['renew_certificate']);
  });

  it('says in words what it cannot do there', async () => {
    await expect(remediator().inspect(step('renew_certificate', 'acm/shop'), signal())).rejects.toSatisfy(
      refused('invalid_input', 'cannot do renew_certificate on AWS. ACM renews its own certificates'),
    );
    await expect(remediator().inspect(step('raise_capacity', `ec2/${instanceId}`, { units: 5 }), signal())).rejects.toSatisfy(
      refused('invalid_input', 'There it works on: dynamodb'),
    );
  });

  it('restarts a service by a new deployment', async () => {
    const before = (await service()).deployments?.[0]?.id;
    const tasks = async () => (await service()).desiredCount;
    const receipt = await wholeLife(remediator(), proxy, step('restart_service', 'ecs/shop/checkout'), tasks, { before: 4, after: 4 });
    expect(receipt['before']).toBe(before);
  });

  it('rolls an ECS service back to the revision before, and forth again', async () => {
    const revision = async () => (await service()).taskDefinition?.split('/').at(-1);
    const back = step('rollback_deploy', 'ecs/shop/checkout');
    await wholeLife(remediator(), proxy, back, revision, { before: 'checkout:2', after: 'checkout:1', undone: 'checkout:2' });
  });

  it('adds tasks, and takes them away again', async () => {
    const tasks = async () => (await service()).desiredCount;
    await wholeLife(remediator(), proxy, step('scale_out', 'ecs/shop/checkout', { count: 2 }), tasks, { before: 4, after: 6, undone: 4 });
  });

  it('does not take back what somebody changed since', async () => {
    const act = remediator();
    const scale = step('scale_out', 'ecs/shop/checkout', { count: 1 });
    const receipt = await act.execute(scale, 'k', signal());
    await build.ecs.send(new UpdateServiceCommand({ cluster: 'shop', service: 'checkout', desiredCount: 9 }));
    await expect(act.rollback(scale, receipt, signal())).rejects.toSatisfy(refused('conflict', 'changed by somebody else'));
    expect((await service()).desiredCount).toBe(9);
  });

  it('takes a service down and brings it back', async () => {
    const act = remediator();
    const down = step('take_service_down', 'ecs/shop/checkout');
    await wholeLife(act, proxy, down, async () => (await service()).desiredCount, { before: 4, after: 0, undone: 4 });
    await act.execute(down, 'k', signal());
    await expect(act.dryRun(down, signal())).rejects.toSatisfy(refused('conflict', 'down already'));
  });

  it('keeps an Auto Scaling group within its maximum, whatever the server would take', async () => {
    await build.autoScaling.send(new CreateLaunchConfigurationCommand({ LaunchConfigurationName: 'l', ImageId: 'ami-12c6146b', InstanceType: 't3.micro' }));
    await build.autoScaling.send(
      new CreateAutoScalingGroupCommand({
        AutoScalingGroupName: 'web',
        LaunchConfigurationName: 'l',
        MinSize: 1,
        MaxSize: 4,
        DesiredCapacity: 2,
        AvailabilityZones: ['eu-central-1a'],
      }),
    );
    const act = remediator();
    await expect(act.dryRun(step('scale_out', 'asg/web', { count: 3 }), signal())).rejects.toSatisfy(refused('limited', 'at most 4'));
    const size = async () => first((await build.autoScaling.send(new DescribeAutoScalingGroupsCommand({}))).AutoScalingGroups ?? []).DesiredCapacity;
    await wholeLife(act, proxy, step('scale_out', 'asg/web', { count: 2 }), size, { before: 2, after: 4, undone: 2 });
  });

  it('raises a concurrency limit and a table, and puts both back', async () => {
    const role = await build.iam.send(new CreateRoleCommand({ RoleName: 'r', AssumeRolePolicyDocument: '{}' }));
    await build.lambda.send(
      new CreateFunctionCommand({
        FunctionName: 'invoice',
        Role: role.Role?.Arn,
        Runtime: 'nodejs22.x',
        Handler: 'i.h',
        Code: { ZipFile: Buffer.from('UEsFBgAAAAAAAAAAAAAAAAAAAAAAAA==', 'base64') },
      }),
    );
    await build.lambda.send(new PutFunctionConcurrencyCommand({ FunctionName: 'invoice', ReservedConcurrentExecutions: 10 }));
    await build.dynamo.send(
      new CreateTableCommand({
        TableName: 'carts',
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        ProvisionedThroughput: { ReadCapacityUnits: 10, WriteCapacityUnits: 5 },
      }),
    );
    const AccountLimit = { ConcurrentExecutions: 1000, UnreservedConcurrentExecutions: 900 };
    proxy.spoil = ({ path }) => (path.includes('account-settings') ? { kind: 'answer', body: { AccountLimit } } : null);
    const act = remediator();
    const raise = step('raise_concurrency', 'lambda/invoice', { concurrency: 60 });
    const now = async () => (await build.lambda.send(new GetFunctionConcurrencyCommand({ FunctionName: 'invoice' }))).ReservedConcurrentExecutions;
    await wholeLife(act, proxy, raise, now, { before: 10, after: 60, undone: 10 });
    await expect(act.dryRun(step('raise_concurrency', 'lambda/invoice', { concurrency: 950 }), signal())).rejects.toSatisfy(refused('limited', 'under 100'));
    await expect(act.dryRun(step('raise_capacity', 'dynamodb/carts', { units: 1000 }), signal())).rejects.toSatisfy(refused('limited', 'from 10 to 20'));
    const table = await act.execute(step('raise_capacity', 'dynamodb/carts', { units: 10 }), 'k2', signal());
    expect(table).toMatchObject({ before: '10 5', after: '10 10' });
  });

  it('reboots a database, and refuses a failover without a standby', async () => {
    await build.rds.send(
      new CreateDBInstanceCommand({
        DBInstanceIdentifier: 'db',
        DBInstanceClass: 'db.r6g.large',
        Engine: 'mysql',
        AllocatedStorage: 100,
        MasterUsername: 'u',
        MasterUserPassword: 'not-a-secret',
      }),
    );
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

  it('gives a parameter the value of the version before, without showing it', async () => {
    for (const Value of ['old-value', 'new-value'])
      await build.ssm.send(new PutParameterCommand({ Name: '/shop/flags', Type: 'String', Value, Overwrite: true }));
    const act = remediator();
    const revert = step('revert_config', 'config/shop/flags');
    const shown = JSON.stringify([await act.inspect(revert, signal()), await act.dryRun(revert, signal())]);
    const value = async () => (await build.ssm.send(new GetParameterCommand({ Name: '/shop/flags' }))).Parameter?.Value;
    const receipt = await wholeLife(act, proxy, revert, value, { before: 'new-value', after: 'old-value', undone: 'new-value' });
    expect(shown + JSON.stringify(receipt)).not.toMatch(/(old|new)-value/);
  });

  it('switches access keys off and on', async () => {
    await build.iam.send(new CreateUserCommand({ UserName: 'ci' }));
    await build.iam.send(new CreateAccessKeyCommand({ UserName: 'ci' }));
    const act = remediator();
    const off = step('disable_access_key', 'iam/ci');
    const receipt = await act.execute(off, 'k', signal());
    const status = async () => first((await build.iam.send(new ListAccessKeysCommand({ UserName: 'ci' }))).AccessKeyMetadata ?? []).Status;
    expect(await status()).toBe('Inactive');
    await act.rollback(off, receipt, signal());
    expect(await status()).toBe('Active');
  });

  it('closes ports that are open to the world, but not those of the web, and opens the same again', async () => {
    groupId = (await build.ec2.send(new CreateSecurityGroupCommand({ GroupName: 'app', Description: 'app' }))).GroupId ?? '';
    const open = (port: number) => ({ IpProtocol: 'tcp', FromPort: port, ToPort: port, IpRanges: [{ CidrIp: '0.0.0.0/0' }] });
    await build.ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId: groupId, IpPermissions: [open(22), open(443)] }));
    const act = remediator();
    const close = step('revoke_ingress', `vpc/${groupId}`);
    expect((await act.dryRun(close, signal())).text).toContain('port 22');
    const ports = async () => {
      const { SecurityGroups } = await build.ec2.send(new DescribeSecurityGroupsCommand({ GroupIds: [groupId] }));
      return first(SecurityGroups ?? [])
        .IpPermissions?.map((one) => one.FromPort)
        .sort();
    };
    await wholeLife(act, proxy, close, ports, { before: [22, 443], after: [443], undone: [22, 443] });
    await act.execute(close, 'k', signal());
    await expect(act.dryRun(close, signal())).rejects.toSatisfy(refused('conflict', 'No port'));
  });

  it('stops, starts, reboots and terminates instances, within the share of their group', async () => {
    await build.ec2.send(new CreateTagsCommand({ Resources: [instanceId, secondId], Tags: [{ Key: 'service', Value: 'media' }] }));
    const act = remediator();
    const state = async () =>
      (await build.ec2.send(new DescribeInstancesCommand({ InstanceIds: [instanceId] }))).Reservations?.[0]?.Instances?.[0]?.State?.Name;
    const stop = step('stop_resource', `ec2/${instanceId}`);
    await wholeLife(act, proxy, stop, state, { before: 'running', after: 'stopped', undone: 'running' });
    await expect(act.execute(step('reboot_instance', `ec2/${secondId}`), 'k2', signal())).rejects.toSatisfy(refused('limited', '1 of the 2 in service media'));
    const ended = expect.stringMatching(/terminated|shutting-down/);
    await wholeLife(remediator(), proxy, step('terminate_instance', `ec2/${instanceId}`), state, { before: 'running', after: ended });
    await wholeLife(remediator(), proxy, step('reboot_instance', `ec2/${secondId}`), async () => 'there', { before: 'there', after: 'there' });
  });

  it('touches no more targets an hour than the config allows', async () => {
    const act = remediator({ blast: { ...settings.blast, targets_per_hour: 1 } });
    await act.execute(step('reboot_instance', `ec2/${instanceId}`), 'k', signal());
    await expect(act.execute(step('reboot_instance', `ec2/${secondId}`), 'k2', signal())).rejects.toSatisfy(refused('limited', 'already acted on 1 targets'));
    await act.execute(step('clear_logs', `ec2/${instanceId}`), 'k3', signal()); // the same one again is no new target
    const { Commands } = await build.ssm.send(new ListCommandsCommand({}));
    expect(first(Commands ?? []).Comment).toBe('opsloop k3');
  });

  it('restarts the unit that an instance names, and refuses one that names none or nonsense', async () => {
    const act = remediator();
    const restart = step('restart_service', `ec2/${instanceId}`);
    await expect(act.dryRun(restart, signal())).rejects.toSatisfy(refused('conflict', 'Tag it opsloop:unit'));
    await build.ec2.send(new CreateTagsCommand({ Resources: [instanceId], Tags: [{ Key: 'opsloop:unit', Value: "x'; reboot" }] }));
    await expect(act.dryRun(restart, signal())).rejects.toSatisfy(refused('conflict', 'Tag it opsloop:unit'));
    await build.ec2.send(new CreateTagsCommand({ Resources: [instanceId], Tags: [{ Key: 'opsloop:unit', Value: 'nginx.service' }] }));
    const sent = async () => (await build.ssm.send(new ListCommandsCommand({}))).Commands?.flatMap((one) => one.Parameters?.['commands'] ?? []);
    await wholeLife(act, proxy, restart, sent, { before: [], after: ["systemctl restart -- 'nginx.service'"] });
  });

  it('removes old logs by fixed commands', async () => {
    const sent = async () => ((await build.ssm.send(new ListCommandsCommand({}))).Commands ?? []).map((one) => one.Parameters?.['commands']?.[0]);
    const after = ['journalctl --vacuum-size=200M || true'];
    await wholeLife(remediator(), proxy, step('clear_logs', `ec2/${instanceId}`), sent, { before: [], after });
  });

  it('deletes exactly the orphaned snapshots that were approved, and unattached volumes', async () => {
    const volume = await build.ec2.send(new CreateVolumeCommand({ AvailabilityZone: 'eu-central-1a', Size: 8 }));
    const gone = await build.ec2.send(new CreateVolumeCommand({ AvailabilityZone: 'eu-central-1a', Size: 8 }));
    const kept = await build.ec2.send(new CreateSnapshotCommand({ VolumeId: volume.VolumeId }));
    const orphan = await build.ec2.send(new CreateSnapshotCommand({ VolumeId: gone.VolumeId }));
    await build.ec2.send(new DeleteVolumeCommand({ VolumeId: gone.VolumeId }));
    const act = remediator();
    const snapshots = step('delete_snapshots', 'ebs/orphaned-snapshots');
    const state = await act.inspect(snapshots, signal());
    if (Number(state.summary['snapshots']) > settings.blast.deletions) {
      // moto ships snapshots of its own whose volumes are not there; the bound must hold then.
      await expect(act.execute(snapshots, 'k', signal())).rejects.toSatisfy(refused('limited', 'one action may delete'));
    } else {
      await act.execute(snapshots, 'k', signal());
      const left = (await build.ec2.send(new DescribeSnapshotsCommand({ OwnerIds: ['self'] }))).Snapshots?.map((one) => one.SnapshotId);
      expect(left).toContain(kept.SnapshotId);
      expect(left).not.toContain(orphan.SnapshotId);
    }
    await act.execute(step('delete_volumes', `ebs/${volume.VolumeId}`), 'k2', signal());
    await expect(act.rollback(step('delete_volumes', `ebs/${volume.VolumeId}`), { key: 'k2' }, signal())).rejects.toSatisfy(
      refused('conflict', 'cannot be taken back'),
    );
  });

  it('runs only automations that the config names, with parameters that the document has', async () => {
    endpoint(double.url, 'SSM');
    const act = remediator();
    double.state.documents = { 'AWS-RestartEC2Instance': { parameters: [{ name: 'InstanceId' }, { name: 'AutomationAssumeRole', fallback: '' }] } };
    const run = (params: Record<string, string>) => step('run_automation', `ec2/${instanceId}`, params);
    await expect(act.dryRun(run({ document: 'AWS-StopEC2Instance' }), signal())).rejects.toSatisfy(refused('forbidden', 'does not name'));
    await expect(act.dryRun(run({ document: 'AWS-TerminateEC2Instance' }), signal())).rejects.toSatisfy(refused('forbidden', 'destroys'));
    await expect(act.dryRun(run({ document: 'AWS-RestartEC2Instance', Force: 'yes' }), signal())).rejects.toSatisfy(
      refused('invalid_input', 'no parameter Force'),
    );
    const receipt = await act.execute(run({ document: 'AWS-RestartEC2Instance' }), 'k', signal());
    expect(receipt).toMatchObject({ execution: 'exec-1', status: 'Success' });
    expect(double.state.executions[0]?.body).toMatchObject({ Parameters: { InstanceId: [instanceId] }, ClientToken: expect.stringMatching(/^[0-9a-f-]{36}$/) });
    delete process.env['AWS_ENDPOINT_URL_SSM'];
  });
});

describe('an action whose answer was lost', () => {
  beforeEach(shop);

  it('is found at its target, and never done twice', async () => {
    const act = remediator();
    const scale = step('scale_out', 'ecs/shop/checkout', { count: 2 });
    await act.inspect(scale, signal());
    proxy.spoil = ({ body }) => (body.includes('"desiredCount"') ? { kind: 'cut' } : null);
    await expect(act.execute(scale, 'k', signal())).rejects.toSatisfy(refused('unavailable', 'ecs:UpdateService'));
    proxy.spoil = () => null;
    expect((await service()).desiredCount).toBe(6);
    expect(await act.lookup(scale, 'k', signal())).toMatchObject({ found: 'yes', receipt: { before: '4', after: '6' } });
    expect(await act.execute(scale, 'k', signal())).toMatchObject({ before: '4', after: '6' });
    expect((await service()).desiredCount).toBe(6);
  });

  it('that never arrived is known not to have happened', async () => {
    const act = remediator();
    const scale = step('scale_out', 'ecs/shop/checkout', { count: 2 });
    await act.inspect(scale, signal());
    proxy.spoil = ({ body }) => (body.includes('"desiredCount"') ? { kind: 'refuse' } : null);
    await expect(act.execute(scale, 'k', signal())).rejects.toSatisfy(refused('unavailable', 'ecs:UpdateService'));
    proxy.spoil = () => null;
    expect(await act.lookup(scale, 'k', signal())).toEqual({ found: 'no', receipt: null });
  });

  it('that was throttled or denied did not happen, and says which permission is missing', async () => {
    const act = remediator();
    const scale = step('scale_out', 'ecs/shop/checkout', { count: 2 });
    await act.inspect(scale, signal());
    for (const [name, code, words] of [
      ['ThrottlingException', 'limited', 'throttled'],
      ['AccessDeniedException', 'forbidden', 'ecs:UpdateService'],
    ] as const) {
      proxy.spoil = ({ body }) => (body.includes('"desiredCount"') ? { kind: 'error', status: 400, name } : null);
      await expect(act.execute(scale, `k-${name}`, signal())).rejects.toSatisfy(refused(code, words));
      expect((await act.lookup(scale, `k-${name}`, signal())).found).toBe('no');
    }
    expect((await service()).desiredCount).toBe(4);
  });
});
