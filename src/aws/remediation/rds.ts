import { type DBCluster, type DBInstance, DescribeDBClustersCommand, DescribeDBInstancesCommand } from '@aws-sdk/client-rds';
import { asked, missing, type Target } from './doing.ts';

const CLUSTER = 'cluster/';

export const isCluster = (target: Target): boolean => target.name.startsWith(CLUSTER);

/** A database instance as it is now. */
export async function databaseOf(target: Target, abortSignal: AbortSignal): Promise<DBInstance> {
  const { DBInstances } = await asked(target, 'rds:DescribeDBInstances', () =>
    target.scope.check.rds.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: target.name }), { abortSignal }),
  );
  const [found] = DBInstances ?? [];
  if (found === undefined) throw missing(target);
  return found;
}

/** A cluster as it is now, for a target that is one. */
export async function clusterOf(target: Target, abortSignal: AbortSignal, name = target.name.slice(CLUSTER.length)): Promise<DBCluster> {
  const { DBClusters } = await asked(target, 'rds:DescribeDBClusters', () =>
    target.scope.check.rds.send(new DescribeDBClustersCommand({ DBClusterIdentifier: name }), { abortSignal }),
  );
  const [found] = DBClusters ?? [];
  if (found === undefined) throw missing(target);
  return found;
}

export const writerOf = (cluster: DBCluster): string =>
  cluster.DBClusterMembers?.find((member) => member.IsClusterWriter === true)?.DBInstanceIdentifier ?? 'none';

export const databaseSummary = (database: DBInstance): Record<string, string> => ({
  state: database.DBInstanceStatus ?? 'unknown',
  engine: `${database.Engine} ${database.EngineVersion ?? ''}`.trim(),
  size: database.DBInstanceClass ?? 'unknown',
  storage: `${database.AllocatedStorage ?? 0} GB`,
  standby: database.MultiAZ === true ? 'yes' : 'no',
});

export const databaseRelies = (database: DBInstance): unknown => [
  database.DBInstanceStatus,
  database.DBInstanceClass,
  database.AllocatedStorage,
  database.AvailabilityZone,
  database.MultiAZ,
];
