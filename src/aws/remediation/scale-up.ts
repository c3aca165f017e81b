import { DescribeReplicationGroupsCommand, ModifyReplicationGroupCommand } from '@aws-sdk/client-elasticache';
import { ModifyDBInstanceCommand } from '@aws-sdk/client-rds';
import { z } from 'zod';
import type { OpsError } from '../../domain/errors.ts';
import { asked, changedSince, compare, type Doing, missing, type Prepared, paramsOf, refuse, type Target, tooMuch } from './doing.ts';
import { instanceGroup, instanceOf, instanceRelies, instanceSummary } from './ec2.ts';
import { databaseOf, databaseSummary, isCluster } from './rds.ts';
import { offeredTypes, resizeInstance } from './resize-instance.ts';
import { isLarger, nextOf, nextSize, weightOf } from './sizes.ts';

const PARAMS = z.strictObject({ size: z.string().regex(/^[a-z0-9.-]{1,40}$/) });
const STOPPED = new Set(['stopping', 'stopped']);

interface Sized {
  readonly size: string;
  readonly state: string;
  readonly summary: Record<string, string>;
}

/**
 * A larger database instance or cache node type, which the service changes by itself, or a larger EC2 instance, which is stopped for
 * it. `larger` is the next size of the same family.
 */
export const scaleUp: Doing = {
  name: 'scale_up',
  kinds: ['ec2', 'rds', 'elasticache'],
  prepare(target, params, signal) {
    const { size } = paramsOf(PARAMS, params, target);
    return target.resource.kind === 'ec2' ? instance(target, size, signal) : managed(target, size, signal);
  },
  async happened(target, receipt, signal) {
    const now = await sizedOf(target, signal);
    if (STOPPED.has(now.state)) return 'unknown'; // it stopped half-way
    return now.state === 'modifying' ? 'yes' : compare(now.size, receipt);
  },
  async undo(target, receipt, signal) {
    const now = await sizedOf(target, signal);
    if (now.size === receipt['before']) return;
    if (now.size !== receipt['after']) throw changedSince(target, 'The size');
    await resize(target, now.size, receipt['before'] ?? '', signal);
  },
};

async function managed(target: Target, size: string, signal: AbortSignal): Promise<Prepared> {
  if (isCluster(target)) throw refuse(`${target.resource.id} is a cluster; name the instance of it to make larger.`);
  const now = await sizedOf(target, signal);
  const after = size === 'larger' ? (nextSize(now.size) ?? '') : size;
  return {
    summary: now.summary,
    relies: [now.size, now.state],
    refusal:
      now.state !== 'available'
        ? refuse(`${target.name} is ${now.state}; its size can be changed when it is available.`)
        : sizeRefusal(target, now.size, after, size),
    effect: `Moves ${target.name} from ${now.size} to ${after}; it is away for a few minutes while it changes.`,
    before: { before: now.size, after },
    async act(_key, abort) {
      await resize(target, now.size, after, abort);
      return {};
    },
  };
}

async function instance(target: Target, size: string, signal: AbortSignal): Promise<Prepared> {
  const now = await instanceOf(target, signal);
  const type = now.InstanceType ?? '';
  const offered = await offeredTypes(target, now, signal);
  const after = size === 'larger' ? (nextOf(type, offered) ?? '') : size;
  const scaling = now.Tags?.find((tag) => tag.Key === 'aws:autoscaling:groupName')?.Value;
  const zone = now.Placement?.AvailabilityZone;
  return {
    summary: instanceSummary(now),
    relies: instanceRelies(now),
    refusal:
      now.State?.Name !== 'running'
        ? refuse(`${target.name} is ${now.State?.Name}; its size is changed while it runs, so that it can be started again.`)
        : scaling !== undefined
          ? refuse(`${target.name} belongs to ${scaling}, which would replace it while it is stopped.`, 'Change the launch template of the group.')
          : now.RootDeviceType === 'instance-store' || now.InstanceLifecycle === 'spot'
            ? refuse(`${target.name} cannot be stopped and started: it is a spot instance, or keeps its disk on the host.`)
            : (sizeRefusal(target, type, after, size) ?? (offered.includes(after) ? null : refuse(`${zone} does not offer ${after}.`))),
    effect: `Stops ${target.name}, makes it ${after} instead of ${type} and starts it; it is away for some minutes, and its public address may change.`,
    before: { before: type, after },
    group: instanceGroup(target, now),
    async act(_key, abort) {
      await resizeInstance(target, type, after, abort);
      return {};
    },
  };
}

/** Larger, of the same family, and not larger at once than the config allows. */
function sizeRefusal(target: Target, before: string, after: string, asked: string): OpsError | null {
  if (!isLarger(before, after)) return refuse(`${target.name} is ${before}; "${asked}" is no larger size of the same family.`);
  const most = (weightOf(before) ?? 0) * (1 + target.settings.blast.growth_percent / 100);
  return (weightOf(after) ?? 0) <= most ? null : tooMuch(`${target.name} may not grow from ${before} to ${after} at once.`);
}

async function sizedOf(target: Target, abortSignal: AbortSignal): Promise<Sized> {
  if (target.resource.kind === 'ec2') {
    const now = await instanceOf(target, abortSignal);
    return { size: now.InstanceType ?? '', state: now.State?.Name ?? 'unknown', summary: instanceSummary(now) };
  }
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

async function resize(target: Target, from: string, to: string, abortSignal: AbortSignal): Promise<void> {
  const { act } = target.scope;
  if (target.resource.kind === 'ec2') {
    await resizeInstance(target, from, to, abortSignal);
    return;
  }
  if (target.resource.kind === 'rds') {
    await asked(target, 'rds:ModifyDBInstance', () =>
      act.rds.send(new ModifyDBInstanceCommand({ DBInstanceIdentifier: target.name, DBInstanceClass: to, ApplyImmediately: true }), { abortSignal }),
    );
    return;
  }
  await asked(target, 'elasticache:ModifyReplicationGroup', () =>
    act.elastiCache.send(new ModifyReplicationGroupCommand({ ReplicationGroupId: target.name, CacheNodeType: to, ApplyImmediately: true }), { abortSignal }),
  );
}
