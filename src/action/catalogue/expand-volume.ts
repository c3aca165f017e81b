import { z } from 'zod';
import { defineAction } from './define.ts';

export const expandVolume = defineAction({
  name: 'expand_volume',
  title: 'Grow the volume',
  risk: 'high',
  reversibility: 'cannot_be_undone',
  targetKinds: ['ec2', 'rds', 'ebs'],
  params: z.strictObject({ gb: z.number().int().min(1).max(16_384) }),
  defaults: () => ({ gb: 100 }),
  blastRadius: (target, params) => `Adds ${params.gb} GB to the storage of ${target.name}. A volume cannot shrink again.`,
  iam: ['ec2:ModifyVolume', 'ec2:DescribeVolumes', 'ec2:DescribeInstances', 'rds:ModifyDBInstance', 'rds:DescribeDBInstances'],
  timeoutMin: 15,
  settleMin: 3,
});
