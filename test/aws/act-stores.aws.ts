import { CreateTableCommand, DescribeTableCommand } from '@aws-sdk/client-dynamodb';
import { CreateCacheClusterCommand, CreateReplicationGroupCommand, DescribeReplicationGroupsCommand } from '@aws-sdk/client-elasticache';
import { ListCommandsCommand } from '@aws-sdk/client-ssm';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Remediator } from '../../src/domain/ports.ts';
import { refused, step, wholeLife } from './acting.ts';
import { build, freshAccount, proxy, setStage } from './stage.ts';
import { accountOf, first, settingsOf, signal } from './support.ts';

const HOST = 'i-0123456789abcdef0';
setStage();
beforeEach(() => freshAccount());

const remediator = (more: Record<string, unknown> = {}): Remediator => accountOf(settingsOf(more)).remediator;

describe('a cache', () => {
  beforeEach(async () => {
    await build.elastiCache.send(
      new CreateReplicationGroupCommand({
        ReplicationGroupId: 'carts',
        ReplicationGroupDescription: 'carts',
        Engine: 'redis',
        CacheNodeType: 'cache.r6g.large',
        NumCacheClusters: 2,
      }),
    );
    // moto shows no nodes of a group by itself.
    const node = { CacheClusterId: 'carts-001', ReplicationGroupId: 'carts', Engine: 'redis', CacheNodeType: 'cache.r6g.large', NumCacheNodes: 1 };
    await build.elastiCache.send(new CreateCacheClusterCommand(node));
  });

  it('is emptied from the instance that the config names', async () => {
    const sent = async () => (await build.ssm.send(new ListCommandsCommand({}))).Commands?.map((one) => one.Parameters?.['commands']) ?? [];
    const caches = [{ id: 'elasticache/carts', host: HOST }];
    const receipt = await wholeLife(remediator({ caches }), proxy, step('clear_cache', 'elasticache/carts'), sent, {
      before: [],
      after: [[expect.stringMatching(/^redis-cli -h '[\w.-]+' -p \d+( --tls)? FLUSHALL ASYNC$/)]],
    });
    expect(receipt).toMatchObject({ status: 'Success' });
    await expect(remediator().dryRun(step('clear_cache', 'elasticache/carts'), signal())).rejects.toSatisfy(refused('conflict', 'aws.caches'));
  });

  it('gets larger nodes, and its own size back', async () => {
    const size = async () => first((await build.elastiCache.send(new DescribeReplicationGroupsCommand({}))).ReplicationGroups ?? []).CacheNodeType;
    const up = step('scale_up', 'elasticache/carts', { size: 'larger' });
    await wholeLife(remediator(), proxy, up, size, { before: 'cache.r6g.large', after: 'cache.r6g.xlarge', undone: 'cache.r6g.large' });
  });
});

describe('a table', () => {
  it('gets more capacity, and its own back', async () => {
    await build.dynamo.send(
      new CreateTableCommand({
        TableName: 'carts',
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        ProvisionedThroughput: { ReadCapacityUnits: 10, WriteCapacityUnits: 5 },
      }),
    );
    const units = async () => {
      const { Table } = await build.dynamo.send(new DescribeTableCommand({ TableName: 'carts' }));
      return [Table?.ProvisionedThroughput?.ReadCapacityUnits, Table?.ProvisionedThroughput?.WriteCapacityUnits];
    };
    const raise = step('raise_capacity', 'dynamodb/carts', { units: 10 });
    await wholeLife(remediator(), proxy, raise, units, { before: [10, 5], after: [10, 10], undone: [10, 5] });
  });
});
