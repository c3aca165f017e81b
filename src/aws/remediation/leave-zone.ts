import {
  DescribeLoadBalancersCommand,
  DescribeTargetGroupsCommand,
  DescribeTargetHealthCommand,
  type LoadBalancer,
  SetSubnetsCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { z } from 'zod';
import { asked, changedSince, compare, type Doing, missing, paramsOf, refuse, type Target } from './doing.ts';

const PARAMS = z.strictObject({ zone: z.string().regex(/^[a-z0-9.-]{1,40}$/) });
const LEAST_ZONES = 2; // an Application Load Balancer keeps two

const subnetsOf = (balancer: LoadBalancer): string =>
  (balancer.AvailabilityZones ?? [])
    .map((zone) => zone.SubnetId ?? '')
    .sort()
    .join(' ');
const zonesOf = (balancer: LoadBalancer): string[] => (balancer.AvailabilityZones ?? []).map((zone) => zone.ZoneName ?? '').sort();

/** Takes one zone's subnets out of a load balancer. `affected`: the one zone whose targets fail, when there is exactly one. */
export const leaveZone: Doing = {
  name: 'leave_zone',
  kinds: ['alb'],
  async prepare(target, params, signal) {
    const { zone: named } = paramsOf(PARAMS, params, target);
    const now = await balancerOf(target, signal);
    const zones = zonesOf(now);
    const zone = named === 'affected' ? await sickZone(target, now, signal) : named;
    const after = (now.AvailabilityZones ?? [])
      .filter((one) => one.ZoneName !== zone)
      .map((one) => one.SubnetId ?? '')
      .sort();
    return {
      summary: { state: now.State?.Code ?? 'unknown', zones: zones.join(', '), leaving: zone ?? 'none' },
      relies: [subnetsOf(now), zone],
      refusal:
        zone === null
          ? refuse(`No single zone of ${target.name} looks worse than the others.`, `Name one of: ${zones.join(', ')}.`)
          : !zones.includes(zone)
            ? refuse(`${target.name} sends nothing to ${zone} already.`)
            : zones.length - 1 < LEAST_ZONES
              ? refuse(`${target.name} has ${zones.length} zones; ${LEAST_ZONES} must stay.`)
              : null,
      effect: `Takes ${zone} out of ${target.name}; ${zones.filter((one) => one !== zone).join(' and ')} carry its traffic.`,
      before: { before: subnetsOf(now), after: after.join(' '), zone: zone ?? '' },
      async act(_key, abort) {
        await setSubnets(target, now, after, abort);
        return {};
      },
    };
  },
  async happened(target, receipt, signal) {
    return compare(subnetsOf(await balancerOf(target, signal)), receipt);
  },
  async undo(target, receipt, signal) {
    const now = await balancerOf(target, signal);
    if (subnetsOf(now) === receipt['before']) return;
    if (subnetsOf(now) !== receipt['after']) throw changedSince(target, 'The zones');
    await setSubnets(target, now, (receipt['before'] ?? '').split(' '), signal);
  },
};

async function balancerOf(target: Target, abortSignal: AbortSignal): Promise<LoadBalancer> {
  const { LoadBalancers } = await asked(target, 'elasticloadbalancing:DescribeLoadBalancers', () =>
    target.scope.check.elb.send(new DescribeLoadBalancersCommand({ Names: [target.name] }), { abortSignal }),
  );
  const [found] = LoadBalancers ?? [];
  if (found === undefined) throw missing(target);
  return found;
}

async function setSubnets(target: Target, balancer: LoadBalancer, Subnets: string[], abortSignal: AbortSignal): Promise<void> {
  await asked(target, 'elasticloadbalancing:SetSubnets', () =>
    target.scope.act.elb.send(new SetSubnetsCommand({ LoadBalancerArn: balancer.LoadBalancerArn, Subnets }), { abortSignal }),
  );
}

/** The only zone that has unhealthy targets, or null. */
async function sickZone(target: Target, balancer: LoadBalancer, abortSignal: AbortSignal): Promise<string | null> {
  const { check } = target.scope;
  const { TargetGroups = [] } = await asked(target, 'elasticloadbalancing:DescribeTargetGroups', () =>
    check.elb.send(new DescribeTargetGroupsCommand({ LoadBalancerArn: balancer.LoadBalancerArn }), { abortSignal }),
  );
  const zoneOfInstance = new Map(target.others.map((one) => [one.id, one.zone]));
  const sick = new Set<string>();
  for (const { TargetGroupArn } of TargetGroups) {
    const { TargetHealthDescriptions = [] } = await asked(target, 'elasticloadbalancing:DescribeTargetHealth', () =>
      check.elb.send(new DescribeTargetHealthCommand({ TargetGroupArn }), { abortSignal }),
    );
    for (const { Target: one, TargetHealth } of TargetHealthDescriptions) {
      if (TargetHealth?.State !== 'unhealthy' && TargetHealth?.State !== 'unavailable') continue;
      sick.add(one?.AvailabilityZone ?? zoneOfInstance.get(`ec2/${one?.Id}${target.scope.suffix}`) ?? 'unknown');
    }
  }
  const [only] = sick;
  return sick.size === 1 && only !== undefined && only !== 'unknown' ? only : null;
}
