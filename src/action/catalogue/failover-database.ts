import { defineAction, noDefaults, noParams } from './define.ts';

export const failoverDatabase = defineAction({
  name: 'failover_database',
  title: 'Fail the database over',
  risk: 'high',
  reversibility: 'rollback',
  targetKinds: ['rds'],
  params: noParams,
  defaults: noDefaults,
  blastRadius: (target) => `Makes the standby of ${target.name} its primary. Writes fail for up to a minute; connections are cut.`,
  iam: ['rds:FailoverDBCluster', 'rds:RebootDBInstance', 'rds:DescribeDBClusters', 'rds:DescribeDBInstances'],
  settleMin: 3,
});
