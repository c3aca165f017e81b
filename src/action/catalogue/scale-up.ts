import { z } from 'zod';
import { defineAction } from './define.ts';

export const scaleUp = defineAction({
  name: 'scale_up',
  title: 'Move to a larger size',
  risk: 'medium',
  reversibility: 'rollback',
  targetKinds: ['ec2', 'elasticache', 'rds'],
  params: z.strictObject({ size: z.string().regex(/^[a-z0-9.-]{1,40}$/) }),
  defaults: () => ({ size: 'larger' }),
  blastRadius: (target, params) => `Moves ${target.name} to the size "${params.size}". It is away for a few minutes while it changes; costs more.`,
  iam: [
    'rds:ModifyDBInstance',
    'rds:DescribeDBInstances',
    'elasticache:ModifyReplicationGroup',
    'elasticache:DescribeReplicationGroups',
    'ec2:DescribeInstances',
    'ec2:DescribeInstanceTypeOfferings',
    'ec2:ModifyInstanceAttribute',
    'ec2:StartInstances',
    'ec2:StopInstances',
  ],
  timeoutMin: 15,
  settleMin: 3,
  verifyWithinMin: 20,
});
