import { StartInstancesCommand, StopInstancesCommand } from '@aws-sdk/client-ec2';
import { StartDBInstanceCommand, StopDBInstanceCommand } from '@aws-sdk/client-rds';
import { attachAgain, detachVolume, volumeHappened } from './detach-volume.ts';
import { asked, type Doing, type Prepared, refuse, type Target } from './doing.ts';
import { instanceGroup, instanceOf, instanceRelies, instanceSummary } from './ec2.ts';
import { databaseOf, databaseRelies, databaseSummary, isCluster } from './rds.ts';

const GOING = new Set(['stopping', 'stopped', 'shutting-down']);

/** EC2 and RDS: stopped. EBS: detached, when nothing uses it. */
export const stopResource: Doing = {
  name: 'stop_resource',
  kinds: ['ec2', 'rds', 'ebs'],
  prepare(target, _params, signal) {
    if (target.resource.kind === 'ebs') return detachVolume(target, signal);
    return target.resource.kind === 'rds' ? database(target, signal) : instance(target, signal);
  },
  async happened(target, _receipt, signal) {
    if (target.resource.kind === 'ebs') return await volumeHappened(target, signal);
    return GOING.has(await stateOf(target, signal)) ? 'yes' : 'no';
  },
  async undo(target, receipt, abortSignal) {
    if (target.resource.kind === 'ebs') return await attachAgain(target, receipt, abortSignal);
    if (!GOING.has(await stateOf(target, abortSignal))) return;
    if (target.resource.kind === 'rds')
      await asked(target, 'rds:StartDBInstance', () =>
        target.scope.act.rds.send(new StartDBInstanceCommand({ DBInstanceIdentifier: target.name }), { abortSignal }),
      );
    else await asked(target, 'ec2:StartInstances', () => target.scope.act.ec2.send(new StartInstancesCommand({ InstanceIds: [target.name] }), { abortSignal }));
  },
};

async function instance(target: Target, signal: AbortSignal): Promise<Prepared> {
  const now = await instanceOf(target, signal);
  const scaling = now.Tags?.find((tag) => tag.Key === 'aws:autoscaling:groupName')?.Value;
  return {
    summary: instanceSummary(now),
    relies: instanceRelies(now),
    refusal:
      now.State?.Name !== 'running'
        ? refuse(`${target.name} is ${now.State?.Name} already.`)
        : scaling !== undefined
          ? refuse(`${target.name} belongs to ${scaling}, which would put another in its place.`)
          : now.RootDeviceType === 'instance-store'
            ? refuse(`${target.name} keeps its disk on the host; stopping it would lose the data.`)
            : null,
    effect: `Stops ${target.name}. Its volumes stay; its public address may change when it starts again.`,
    before: {},
    group: instanceGroup(target, now),
    async act(_key, abortSignal) {
      await asked(target, 'ec2:StopInstances', () => target.scope.act.ec2.send(new StopInstancesCommand({ InstanceIds: [target.name] }), { abortSignal }));
      return {};
    },
  };
}

async function database(target: Target, signal: AbortSignal): Promise<Prepared> {
  if (isCluster(target)) throw refuse(`${target.resource.id} is a cluster; opsloop stops single instances only.`);
  const now = await databaseOf(target, signal);
  const ties = [now.ReadReplicaSourceDBInstanceIdentifier, now.DBClusterIdentifier, ...(now.ReadReplicaDBInstanceIdentifiers ?? [])].filter(Boolean);
  return {
    summary: databaseSummary(now),
    relies: databaseRelies(now),
    refusal:
      now.DBInstanceStatus !== 'available'
        ? refuse(`${target.name} is ${now.DBInstanceStatus}; it can be stopped when it is available.`)
        : ties.length > 0
          ? refuse(`${target.name} belongs with ${ties.join(', ')}; RDS does not stop it alone.`)
          : null,
    effect: `Stops ${target.name}. Its storage stays, and AWS starts it again by itself after seven days.`,
    before: {},
    async act(_key, abortSignal) {
      await asked(target, 'rds:StopDBInstance', () =>
        target.scope.act.rds.send(new StopDBInstanceCommand({ DBInstanceIdentifier: target.name }), { abortSignal }),
      );
      return {};
    },
  };
}

const stateOf = async (target: Target, signal: AbortSignal): Promise<string> =>
  target.resource.kind === 'rds'
    ? ((await databaseOf(target, signal)).DBInstanceStatus ?? 'unknown')
    : ((await instanceOf(target, signal)).State?.Name ?? 'unknown');
