import { DescribeReplicationGroupsCommand, ModifyReplicationGroupCommand } from '@aws-sdk/client-elasticache';
import { ModifyDBInstanceCommand } from '@aws-sdk/client-rds';
import { z } from 'zod';
import { asked, changedSince, compare, type Doing, missing, paramsOf, refuse, type Target } from './doing.ts';
import { databaseOf, databaseSummary, isCluster } from './rds.ts';
import { isLarger, nextSize } from './sizes.ts';

const PARAMS = z.strictObject({ size: z.string().regex(/^[a-z0-9.-]{1,40}$/) });

interface Sized {
  readonly size: string;
  readonly state: string;
  readonly summary: Record<string, string>;
}

/** A larger database instance or cache node type; the service moves by itself. `larger` is the next size of the same family. */
export const scaleUp: Doing = {
  name: 'scale_up',
  kinds: ['rds', 'elasticache'],
  async prepare(target, params, signal) {
    const { size } = paramsOf(PARAMS, params, target);
    if (isCluster(target)) throw refuse(`${target.resource.id} is a cluster; name the instance of it to make larger.`);
    const now = await sizedOf(target, signal);
    const after = size === 'larger' ? (nextSize(now.size) ?? '') : size;
    return {
      summary: now.summary,
      relies: [now.size, now.state],
      refusal:
        now.state !== 'available'
          ? refuse(`${target.name} is ${now.state}; its size can be changed when it is available.`)
          : isLarger(now.size, after)
            ? null
            : refuse(`${target.name} is ${now.size}; "${size}" is no larger size of the same family.`),
      effect: `Moves ${target.name} from ${now.size} to ${after}; it is away for a few minutes while it changes.`,
      before: { before: now.size, after },
      async act(_key, abort) {
        await resize(target, after, abort);
        return {};
      },
    };
  },
  async happened(target, receipt, signal) {
    const now = await sizedOf(target, signal);
    return now.state === 'modifying' ? 'yes' : compare(now.size, receipt);
  },
  async undo(target, receipt, signal) {
    const now = await sizedOf(target, signal);
    if (now.size === receipt['before']) return;
    if (now.size !== receipt['after']) throw changedSince(target, 'The size');
    await resize(target, receipt['before'] ?? '', signal);
  },
};

async function sizedOf(target: Target, abortSignal: AbortSignal): Promise<Sized> {
  if (target.resource.kind === 'rds') {
    const database = await databaseOf(target, abortSignal);
    const waiting = database.PendingModifiedValues?.DBInstanceClass;
    return { size: waiting ?? database.DBInstanceClass ?? '', state: database.DBInstanceStatus ?? 'unknown', summary: databaseSummary(database) };
  }
  const { ReplicationGroups } = await asked(target, 'elasticache:DescribeReplicationGroups', () =>
    target.scope.check.elastiCache.send(new DescribeReplicationGroupsCommand({ ReplicationGroupId: target.name }), { abortSignal }),
  );
  const [found] = ReplicationGroups ?? [];
  if (found === undefined) throw missing(target);
  const size = found.CacheNodeType ?? '';
  return { size, state: found.Status ?? 'unknown', summary: { state: found.Status ?? 'unknown', size } };
}

async function resize(target: Target, size: string, abortSignal: AbortSignal): Promise<void> {
  const { act } = target.scope;
  if (target.resource.kind === 'rds') {
    await asked(target, 'rds:ModifyDBInstance', () =>
      act.rds.send(new ModifyDBInstanceCommand({ DBInstanceIdentifier: target.name, DBInstanceClass: size, ApplyImmediately: true }), { abortSignal }),
    );
    return;
  }
  await asked(target, 'elasticache:ModifyReplicationGroup', () =>
    act.elastiCache.send(new ModifyReplicationGroupCommand({ ReplicationGroupId: target.name, CacheNodeType: size, ApplyImmediately: true }), { abortSignal }),
  );
}
