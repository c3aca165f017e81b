import { defineAction, noDefaults, noParams } from './define.ts';

export const terminateInstance = defineAction({
  name: 'terminate_instance',
  title: 'Terminate the instance',
  risk: 'critical',
  reversibility: 'cannot_be_undone',
  targetKinds: ['ec2'],
  params: noParams,
  defaults: noDefaults,
  blastRadius: (target) => `Terminates ${target.name}. Its local data is lost for good.`,
  iam: ['ec2:TerminateInstances', 'ec2:DescribeInstances', 'ec2:DescribeInstanceAttribute'],
});
