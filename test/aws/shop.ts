import { RunInstancesCommand } from '@aws-sdk/client-ec2';
import { CreateClusterCommand, CreateServiceCommand, DescribeServicesCommand, RegisterTaskDefinitionCommand } from '@aws-sdk/client-ecs';
import type { Remediator } from '../../src/domain/ports.ts';
import { build, freshAccount } from './stage.ts';
import { accountOf, first, settingsOf } from './support.ts';

export const settings = settingsOf({
  parameters: ['/shop/flags'],
  automation: [{ document: 'AWS-RestartEC2Instance', target_parameter: 'InstanceId', target_kinds: ['ec2'] }],
  blast: { targets_per_hour: 100 },
});
const DAY_MS = 24 * 3_600_000;

export let instanceId = '';
export let secondId = '';

/** A small shop, fresh. */
export const shop = (): Promise<void> =>
  freshAccount(async () => {
    const instances = await build.ec2.send(new RunInstancesCommand({ ImageId: 'ami-12c6146b', MinCount: 2, MaxCount: 2, InstanceType: 't3.micro' }));
    [instanceId = '', secondId = ''] = (instances.Instances ?? []).map((one) => one.InstanceId ?? '');
    await build.ecs.send(new CreateClusterCommand({ clusterName: 'shop' }));
    for (const image of ['app:1', 'app:2'])
      await build.ecs.send(new RegisterTaskDefinitionCommand({ family: 'checkout', containerDefinitions: [{ name: 'app', image, memory: 128 }] }));
    await build.ecs.send(new CreateServiceCommand({ cluster: 'shop', serviceName: 'checkout', taskDefinition: 'checkout:2', desiredCount: 4 }));
    await build.ecs.send(new CreateServiceCommand({ cluster: 'shop', serviceName: 'down', taskDefinition: 'checkout:2', desiredCount: 0 }));
  });

/** Two days on, so that nothing in the shop is too young to be acted on. */
export const remediator = (changes: Record<string, unknown> = {}): Remediator =>
  accountOf({ ...settings, ...changes }, { now: () => Date.now() + 2 * DAY_MS }).remediator;
export const service = async () => first((await build.ecs.send(new DescribeServicesCommand({ cluster: 'shop', services: ['checkout'] }))).services ?? []);
