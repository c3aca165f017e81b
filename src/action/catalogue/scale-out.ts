import { z } from 'zod';
import { defineAction } from './define.ts';

export const scaleOut = defineAction({
  name: 'scale_out',
  title: 'Add capacity',
  risk: 'medium',
  reversibility: 'rollback',
  targetKinds: ['ecs', 'asg'],
  params: z.strictObject({ count: z.number().int().min(1).max(50) }),
  defaults: () => ({ count: 2 }),
  blastRadius: (target, params) => `Adds ${params.count} more to ${target.name}. Costs more while it lasts.`,
  iam: ['ecs:UpdateService', 'ecs:DescribeServices', 'autoscaling:SetDesiredCapacity', 'autoscaling:DescribeAutoScalingGroups'],
});
