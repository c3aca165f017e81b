import { defineAction, noDefaults, noParams } from './define.ts';

export const rebootInstance = defineAction({
  name: 'reboot_instance',
  title: 'Reboot the instance',
  risk: 'low',
  reversibility: 'no_lasting_change',
  targetKinds: ['ec2'],
  params: noParams,
  defaults: noDefaults,
  blastRadius: (target) => `Reboots ${target.name}. It is away for a minute or two.`,
  iam: ['ec2:RebootInstances', 'ec2:DescribeInstances'],
  settleMin: 3,
});
