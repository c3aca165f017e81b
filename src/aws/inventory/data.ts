import { ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { DescribeCacheClustersCommand } from '@aws-sdk/client-elasticache';
import { DescribeDBClustersCommand, DescribeDBInstancesCommand } from '@aws-sdk/client-rds';
import { ListQueuesCommand } from '@aws-sdk/client-sqs';
import type { Dependency } from '../../domain/resource.ts';
import { clusterDbId, lastPart } from '../names.ts';
import { type PartReader, pages, tagsOf } from './part.ts';

export const databases: PartReader = {
  name: 'rds',
  api: 'rds:DescribeDBInstances',
  async read({ read }, naming, abortSignal) {
    const found = await pages(async (token) => {
      const page = await read.rds.send(new DescribeDBInstancesCommand({ Marker: token }), { abortSignal });
      return { items: page.DBInstances, token: page.Marker };
    });
    const clusters = await pages(async (token) => {
      const page = await read.rds.send(new DescribeDBClustersCommand({ Marker: token }), { abortSignal });
      return { items: page.DBClusters, token: page.Marker };
    });
    const resources = [
      ...found.map((one) =>
        naming.resource(`rds/${one.DBInstanceIdentifier}`, one.DBInstanceIdentifier ?? '', { zone: one.AvailabilityZone, tags: tagsOf(one.TagList) }),
      ),
      ...clusters.map((one) => naming.resource(clusterDbId(one.DBClusterIdentifier ?? ''), one.DBClusterIdentifier ?? '', { tags: tagsOf(one.TagList) })),
    ];
    const dependencies: Dependency[] = clusters.flatMap((one) =>
      (one.DBClusterMembers ?? []).map((member) => ({
        from: naming.id(clusterDbId(one.DBClusterIdentifier ?? '')),
        to: naming.id(`rds/${member.DBInstanceIdentifier}`),
        kind: 'runs_on' as const,
      })),
    );
    return { resources, dependencies };
  },
};

export const caches: PartReader = {
  name: 'elasticache',
  api: 'elasticache:DescribeCacheClusters',
  async read({ read }, naming, abortSignal) {
    const found = await pages(async (token) => {
      const page = await read.elastiCache.send(new DescribeCacheClustersCommand({ Marker: token }), { abortSignal });
      return { items: page.CacheClusters, token: page.Marker };
    });
    const aliases = new Map<string, string>();
    const names = new Map<string, string | undefined>();
    for (const { CacheClusterId: id = '', ReplicationGroupId: group, PreferredAvailabilityZone: zone } of found) {
      names.set(group ?? id, group === undefined ? zone : undefined);
      if (group !== undefined) aliases.set(naming.id(`elasticache/${id}`), naming.id(`elasticache/${group}`));
    }
    return { resources: [...names].map(([name, zone]) => naming.resource(`elasticache/${name}`, name, { zone })), aliases };
  },
};

export const tables: PartReader = {
  name: 'dynamodb',
  api: 'dynamodb:ListTables',
  async read({ read }, naming, abortSignal) {
    const found = await pages(async (token) => {
      const page = await read.dynamo.send(new ListTablesCommand({ ExclusiveStartTableName: token }), { abortSignal });
      return { items: page.TableNames, token: page.LastEvaluatedTableName };
    });
    return { resources: found.map((name) => naming.resource(`dynamodb/${name}`, name)) };
  },
};

export const queues: PartReader = {
  name: 'sqs',
  api: 'sqs:ListQueues',
  async read({ read }, naming, abortSignal) {
    const found = await pages(async (token) => {
      const page = await read.sqs.send(new ListQueuesCommand({ NextToken: token, MaxResults: 1000 }), { abortSignal });
      return { items: page.QueueUrls, token: page.NextToken };
    });
    return { resources: found.map((url) => naming.resource(`sqs/${lastPart(url)}`, lastPart(url))) };
  },
};
