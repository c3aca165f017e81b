import { defineAction, noDefaults, noParams } from './define.ts';

export const rebootDatabase = defineAction({
  name: 'reboot_database',
  title: 'Reboot the database',
  risk: 'medium',
  reversibility: 'no_lasting_change',
  targetKinds: ['rds'],
  params: noParams,
  defaults: noDefaults,
  blastRadius: (target) => `Reboots ${target.name}. Every connection is cut; it is away for about a minute.`,
  iam: ['rds:RebootDBInstance', 'rds:DescribeDBInstances'],
  settleMin: 3,
});
