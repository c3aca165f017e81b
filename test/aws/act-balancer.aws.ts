import { CreateSubnetCommand, CreateVpcCommand } from '@aws-sdk/client-ec2';
import {
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  CreateTargetGroupCommand,
  DescribeLoadBalancersCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Remediator } from '../../src/domain/ports.ts';
import { refused, step, wholeLife } from './acting.ts';
import { build, freshAccount, proxy, setStage } from './stage.ts';
import { accountOf, first, settingsOf, signal } from './support.ts';

setStage();
beforeEach(() => freshAccount());

const remediator = (more: Record<string, unknown> = {}): Remediator => accountOf(settingsOf(more)).remediator;

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
