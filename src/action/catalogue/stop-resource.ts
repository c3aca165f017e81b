import { defineAction, noDefaults, noParams } from './define.ts';

export const stopResource = defineAction({
  name: 'stop_resource',
  title: 'Stop an idle resource',
  risk: 'high',
  reversibility: 'rollback',
  targetKinds: ['ec2'],
  params: noParams,
  defaults: noDefaults,
  blastRadius: (target) => `Stops ${target.name}. Whatever still uses it stops working.`,
  iam: ['ec2:StopInstances', 'ec2:StartInstances', 'ec2:DescribeInstances'],
});
