import { defineAction, noDefaults, noParams } from './define.ts';

export const deleteSnapshots = defineAction({
  name: 'delete_snapshots',
  title: 'Delete orphaned snapshots',
  risk: 'critical',
  reversibility: 'cannot_be_undone',
  targetKinds: ['ebs'],
  params: noParams,
  defaults: noDefaults,
  blastRadius: (target) => `Deletes the snapshots of ${target.name} that belong to no volume any more. They cannot be brought back.`,
  iam: ['ec2:DeleteSnapshot', 'ec2:DescribeSnapshots', 'ec2:DescribeVolumes'],
});
