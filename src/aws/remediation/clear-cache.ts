import { type CacheCluster, DescribeCacheClustersCommand, DescribeReplicationGroupsCommand } from '@aws-sdk/client-elasticache';
import { OpsError } from '../../domain/errors.ts';
import { asked, type Doing, missing, refuse, type Target } from './doing.ts';
import { runShell, shellHappened } from './shell.ts';

interface Cache {
  readonly engine: string;
  readonly address: string;
  readonly port: number;
  readonly tls: boolean;
}

/** Empties a Redis or Valkey cache from the instance that the config names as able to reach it. */
export const clearCache: Doing = {
  name: 'clear_cache',
  kinds: ['elasticache'],
  async prepare(target, _params, signal) {
    const cache = await cacheOf(target, signal);
    const host = hostOf(target);
    const tls = cache.tls ? ' --tls' : '';
    return {
      summary: { engine: cache.engine, address: cache.address, from: host ?? 'none' },
      relies: [cache, host],
      refusal:
        host === null
          ? refuse(`The config names no instance that can reach ${target.name}.`, 'Add it under aws.caches.')
          : /^(redis|valkey)$/.test(cache.engine)
            ? null
            : refuse(`${target.name} is ${cache.engine}; only Redis and Valkey can be emptied.`),
      effect: `Empties ${target.name}; readers go to the database until it is warm again.`,
      before: {},
      act: (key, abort) => runShell(target, host ?? '', [`redis-cli -h '${cache.address}' -p ${cache.port}${tls} FLUSHALL ASYNC`], key, abort),
    };
  },
  async happened(target, receipt, signal) {
    const host = hostOf(target);
    return host === null ? 'unknown' : await shellHappened(target, host, receipt, signal);
  },
  undo: null,
};

const hostOf = ({ settings, resource }: Target): string | null => settings.caches.find((one) => one.id === resource.id)?.host ?? null;

async function cacheOf(target: Target, abortSignal: AbortSignal): Promise<Cache> {
  const { check } = target.scope;
  const groups = await asked(target, 'elasticache:DescribeReplicationGroups', () =>
    check.elastiCache.send(new DescribeReplicationGroupsCommand({ ReplicationGroupId: target.name }), { abortSignal }),
  ).catch(nothingFound);
  const group = groups?.ReplicationGroups?.[0];
  if (group !== undefined) {
    const end = group.ConfigurationEndpoint ?? group.NodeGroups?.[0]?.PrimaryEndpoint;
    return checked(target, {
      engine: group.Engine ?? 'redis',
      address: end?.Address ?? '',
      port: end?.Port ?? 6379,
      tls: group.TransitEncryptionEnabled === true,
    });
  }
  const clusters = await asked(target, 'elasticache:DescribeCacheClusters', () =>
    check.elastiCache.send(new DescribeCacheClustersCommand({ CacheClusterId: target.name, ShowCacheNodeInfo: true }), { abortSignal }),
  ).catch(nothingFound);
  const cluster: CacheCluster | undefined = clusters?.CacheClusters?.[0];
  if (cluster === undefined) throw missing(target);
  const end = cluster.ConfigurationEndpoint ?? cluster.CacheNodes?.[0]?.Endpoint;
  return checked(target, {
    engine: cluster.Engine ?? 'unknown',
    address: end?.Address ?? '',
    port: end?.Port ?? 6379,
    tls: cluster.TransitEncryptionEnabled === true,
  });
}

/** The address ends up in a shell command: nothing but a host name may. */
function checked(target: Target, cache: Cache): Cache {
  if (/^[A-Za-z0-9.-]{1,253}$/.test(cache.address)) return cache;
  throw refuse(`${target.name} has no address yet.`);
}

function nothingFound(thrown: unknown): null {
  if (thrown instanceof OpsError && thrown.code === 'not_found') return null;
  throw thrown;
}
