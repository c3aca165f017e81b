import { defineAction, noDefaults, noParams } from './define.ts';

export const deleteVolumes = defineAction({
  name: 'delete_volumes',
  title: 'Delete unattached volumes',
  risk: 'critical',
  reversibility: 'cannot_be_undone',
  targetKinds: ['ebs'],
  params: noParams,
  defaults: noDefaults,
  blastRadius: (target) => `Deletes the unattached volumes of ${target.name}. Their data cannot be brought back.`,
  iam: ['ec2:DeleteVolume', 'ec2:DescribeVolumes'],
});
