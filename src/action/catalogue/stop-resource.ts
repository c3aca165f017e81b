import { defineAction, noDefaults, noParams } from './define.ts';

export const stopResource = defineAction({
  name: 'stop_resource',
  title: 'Stop an idle resource',
  risk: 'high',
  reversibility: 'rollback',
  targetKinds: ['ec2', 'rds', 'ebs'],
  params: noParams,
  defaults: noDefaults,
  blastRadius: (target) => `${target.kind === 'ebs' ? 'Detaches' : 'Stops'} ${target.name}. Whatever still uses it stops working.`,
  iam: [
    'ec2:StopInstances',
    'ec2:StartInstances',
    'ec2:DescribeInstances',
    'ec2:DescribeVolumes',
    'ec2:DetachVolume',
    'ec2:AttachVolume',
    'cloudwatch:GetMetricData',
    'rds:StopDBInstance',
    'rds:StartDBInstance',
    'rds:DescribeDBInstances',
  ],
});
