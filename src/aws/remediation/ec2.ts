import { DescribeInstancesCommand, type Instance } from '@aws-sdk/client-ec2';
import { tagsOf } from '../inventory/part.ts';
import { asked, missing, type Target } from './doing.ts';

/** An instance as it is now. */
export async function instanceOf(target: Target, abortSignal: AbortSignal): Promise<Instance> {
  const { Reservations } = await asked(target, 'ec2:DescribeInstances', () =>
    target.scope.check.ec2.send(new DescribeInstancesCommand({ InstanceIds: [target.name] }), { abortSignal }),
  );
  const found = Reservations?.[0]?.Instances?.[0];
  if (found === undefined || found.State?.Name === 'terminated') throw missing(target);
  return found;
}

export const instanceSummary = (instance: Instance): Record<string, string> => ({
  state: instance.State?.Name ?? 'unknown',
  type: instance.InstanceType ?? 'unknown',
  zone: instance.Placement?.AvailabilityZone ?? 'unknown',
});

export const instanceRelies = (instance: Instance): unknown => [instance.State?.Name, instance.InstanceType, instance.LaunchTime];

/** The Auto Scaling group of an instance, else the instances that serve the same; null when it stands alone. */
export function instanceGroup(target: Target, instance: Instance): { id: string; size: number } | null {
  const scaling = tagsOf(instance.Tags)['aws:autoscaling:groupName'];
  const alike = target.others.filter(({ kind, service, tags }) =>
    kind !== 'ec2' ? false : scaling !== undefined ? tags['aws:autoscaling:groupName'] === scaling : service !== null && service === target.resource.service,
  );
  return alike.length <= 1 ? null : { id: scaling ?? `service ${target.resource.service}`, size: alike.length };
}
