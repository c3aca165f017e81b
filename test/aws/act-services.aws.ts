import { CreateAutoScalingGroupCommand, CreateLaunchConfigurationCommand, DescribeAutoScalingGroupsCommand } from '@aws-sdk/client-auto-scaling';
import { CreateTableCommand } from '@aws-sdk/client-dynamodb';
import { UpdateServiceCommand } from '@aws-sdk/client-ecs';
import { CreateRoleCommand } from '@aws-sdk/client-iam';
import { CreateFunctionCommand, GetFunctionConcurrencyCommand, PutFunctionConcurrencyCommand } from '@aws-sdk/client-lambda';
import { beforeEach, describe, expect, it } from 'vitest';
import { refused, step, wholeLife } from './acting.ts';
import { remediator, service, shop } from './shop.ts';
import { build, proxy, setStage } from './stage.ts';
import { first, signal } from './support.ts';

setStage();

describe('a service that is acted on', () => {
  beforeEach(shop);

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
});
