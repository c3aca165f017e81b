import { DescribeAutoScalingGroupsCommand } from '@aws-sdk/client-auto-scaling';
import { DescribeInstancesCommand, DescribeSecurityGroupsCommand, DescribeVolumesCommand } from '@aws-sdk/client-ec2';
import { DescribeServicesCommand, ListClustersCommand, ListServicesCommand, type Service } from '@aws-sdk/client-ecs';
import type { Dependency } from '../../domain/resource.ts';
import { ecsId, lastPart } from '../names.ts';
import type { Scope } from '../scope.ts';
import { type PartReader, pages, tagsOf } from './part.ts';

const SERVICES_A_CALL = 10;

export const instances: PartReader = {
  name: 'ec2',
  api: 'ec2:DescribeInstances',
  async read({ read }, naming, abortSignal) {
    const reservations = await pages(async (token) => {
      const page = await read.ec2.send(new DescribeInstancesCommand({ NextToken: token }), { abortSignal });
      return { items: page.Reservations, token: page.NextToken };
    });
    const found = reservations.flatMap((one) => one.Instances ?? []).filter((one) => one.State?.Name !== 'terminated' && one.InstanceId !== undefined);
    const resources = found.map((one) => {
      const tags = tagsOf(one.Tags);
      return naming.resource(`ec2/${one.InstanceId}`, tags['Name'] ?? one.InstanceId ?? '', { zone: one.Placement?.AvailabilityZone, tags });
    });
    const dependencies: Dependency[] = found.flatMap((one) => [
      ...(one.BlockDeviceMappings ?? []).flatMap((device) =>
        device.Ebs?.VolumeId === undefined
          ? []
          : [{ from: naming.id(`ec2/${one.InstanceId}`), to: naming.id(`ebs/${device.Ebs.VolumeId}`), kind: 'runs_on' as const }],
      ),
      ...(one.SecurityGroups ?? []).flatMap((group) =>
        group.GroupId === undefined ? [] : [{ from: naming.id(`ec2/${one.InstanceId}`), to: naming.id(`vpc/${group.GroupId}`), kind: 'runs_on' as const }],
      ),
    ]);
    return { resources, dependencies };
  },
};

export const volumes: PartReader = {
  name: 'ebs',
  api: 'ec2:DescribeVolumes',
  async read({ read }, naming, abortSignal) {
    const found = await pages(async (token) => {
      const page = await read.ec2.send(new DescribeVolumesCommand({ NextToken: token }), { abortSignal });
      return { items: page.Volumes, token: page.NextToken };
    });
    const resources = found.map((one) => {
      const tags = tagsOf(one.Tags);
      return naming.resource(`ebs/${one.VolumeId}`, tags['Name'] ?? one.VolumeId ?? '', { zone: one.AvailabilityZone, tags });
    });
    // These two stand for all snapshots whose volume is gone, and for all volumes that nothing uses.
    const groups = ['orphaned-snapshots', 'unattached-volumes'].map((name) => naming.resource(`ebs/${name}`, name));
    return { resources: [...resources, ...groups] };
  },
};

export const securityGroups: PartReader = {
  name: 'security groups',
  api: 'ec2:DescribeSecurityGroups',
  async read({ read }, naming, abortSignal) {
    const found = await pages(async (token) => {
      const page = await read.ec2.send(new DescribeSecurityGroupsCommand({ NextToken: token }), { abortSignal });
      return { items: page.SecurityGroups, token: page.NextToken };
    });
    return { resources: found.map((one) => naming.resource(`vpc/${one.GroupId}`, one.GroupName ?? one.GroupId ?? '', { tags: tagsOf(one.Tags) })) };
  },
};

export const scalingGroups: PartReader = {
  name: 'auto scaling',
  api: 'autoscaling:DescribeAutoScalingGroups',
  async read({ read }, naming, abortSignal) {
    const found = await pages(async (token) => {
      const page = await read.autoScaling.send(new DescribeAutoScalingGroupsCommand({ NextToken: token }), { abortSignal });
      return { items: page.AutoScalingGroups, token: page.NextToken };
    });
    return {
      resources: found.map((one) => naming.resource(`asg/${one.AutoScalingGroupName}`, one.AutoScalingGroupName ?? '', { tags: tagsOf(one.Tags) })),
      dependencies: found.flatMap((one) =>
        (one.Instances ?? []).map(({ InstanceId }) => ({
          from: naming.id(`asg/${one.AutoScalingGroupName}`),
          to: naming.id(`ec2/${InstanceId}`),
          kind: 'runs_on' as const,
        })),
      ),
    };
  },
};

export const services: PartReader = {
  name: 'ecs',
  api: 'ecs:DescribeServices',
  async read(scope, naming, abortSignal) {
    const found = await allServices(scope, abortSignal);
    const resources = found.map((one) =>
      naming.resource(ecsId(one.clusterArn ?? '', one.serviceName ?? ''), one.serviceName ?? '', { tags: tagsOf(one.tags) }),
    );
    const aliases = new Map<string, string>();
    for (const one of found)
      for (const balancer of one.loadBalancers ?? [])
        if (balancer.targetGroupArn !== undefined)
          aliases.set(naming.id(`tg/${targetGroupName(balancer.targetGroupArn)}`), naming.id(ecsId(one.clusterArn ?? '', one.serviceName ?? '')));
    return { resources, aliases };
  },
};

/** `arn:…:targetgroup/shop/73e2…` → `targetgroup/shop/73e2…`, as metrics write it. */
export const targetGroupName = (arn: string): string => arn.replace(/^.*:(?=targetgroup\/)/, '');

async function allServices({ read }: Scope, abortSignal: AbortSignal): Promise<Service[]> {
  const clusters = await pages(async (token) => {
    const page = await read.ecs.send(new ListClustersCommand({ nextToken: token }), { abortSignal });
    return { items: page.clusterArns, token: page.nextToken };
  });
  const found: Service[] = [];
  for (const cluster of clusters) {
    const arns = await pages(async (token) => {
      const page = await read.ecs.send(new ListServicesCommand({ cluster, nextToken: token, maxResults: 100 }), { abortSignal });
      return { items: page.serviceArns, token: page.nextToken };
    });
    for (let at = 0; at < arns.length; at += SERVICES_A_CALL) {
      const { services: some } = await read.ecs.send(
        new DescribeServicesCommand({ cluster, services: arns.slice(at, at + SERVICES_A_CALL), include: ['TAGS'] }),
        { abortSignal },
      );
      found.push(...(some ?? []).filter((one) => one.status !== 'INACTIVE').map((one) => ({ ...one, clusterArn: one.clusterArn ?? lastPart(cluster) })));
    }
  }
  return found;
}
