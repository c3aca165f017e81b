import { z } from 'zod';
import { defineAction } from './define.ts';

export const leaveZone = defineAction({
  name: 'leave_zone',
  title: 'Move traffic out of a zone',
  risk: 'medium',
  reversibility: 'rollback',
  targetKinds: ['alb'],
  params: z.strictObject({ zone: z.string().regex(/^[a-z0-9.-]{1,40}$/) }),
  defaults: (target) => ({ zone: target.zone ?? 'affected' }), // root-cause analysis names the zone that is unwell,
  blastRadius: (target, params) => `Takes the zone "${params.zone}" out of ${target.name}. The other zones carry its traffic.`,
  iam: [
    'elasticloadbalancing:SetSubnets',
    'elasticloadbalancing:DescribeLoadBalancers',
    'elasticloadbalancing:DescribeTargetGroups',
    'elasticloadbalancing:DescribeTargetHealth',
  ],
});
