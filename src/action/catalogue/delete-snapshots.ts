import { defineAction, noDefaults, noParams } from './define.ts';

export const deleteSnapshots = defineAction({
  name: 'delete_snapshots',
  title: 'Delete old snapshots',
  risk: 'critical',
  reversibility: 'cannot_be_undone',
  targetKinds: ['ebs'],
  params: noParams,
  defaults: noDefaults,
  blastRadius: (target) => `Deletes old snapshots of ${target.name}, but none that an image or a backup keeps. They cannot be brought back.`,
  iam: ['ec2:DeleteSnapshot', 'ec2:DescribeImages', 'ec2:DescribeSnapshots', 'ec2:DescribeVolumes'],
});
