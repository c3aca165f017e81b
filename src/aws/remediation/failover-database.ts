import { FailoverDBClusterCommand, RebootDBInstanceCommand } from '@aws-sdk/client-rds';
import { asked, type Doing, type Prepared, refuse, type Target } from './doing.ts';
import { clusterOf, databaseOf, databaseRelies, databaseSummary, isCluster, writerOf } from './rds.ts';

/** Aurora: another member becomes the writer. RDS with a standby: a reboot that fails over. Taken back by failing over again. */
export const failoverDatabase: Doing = {
  name: 'failover_database',
  kinds: ['rds'],
  prepare: (target, _params, signal) => (isCluster(target) ? cluster(target, signal) : instance(target, signal)),
  async happened(target, receipt, signal) {
    const place = await placeOf(target, signal);
    return place.moving || place.primary !== receipt['before'] ? 'yes' : 'unknown';
  },
  async undo(target, receipt, signal) {
    const { primary } = await placeOf(target, signal);
    if (primary === receipt['before']) return;
    await failOver(target, isCluster(target) ? receipt['before'] : undefined, signal);
  },
};

async function cluster(target: Target, signal: AbortSignal): Promise<Prepared> {
  const now = await clusterOf(target, signal);
  const writer = writerOf(now);
  const others = (now.DBClusterMembers ?? []).length - 1;
  return {
    summary: { state: now.Status ?? 'unknown', writer, readers: String(others) },
    relies: [now.Status, writer, others],
    refusal:
      now.Status !== 'available'
        ? refuse(`${target.name} is ${now.Status}; it can fail over when it is available.`)
        : others < 1
          ? refuse(`${target.name} has no other member that could take over.`)
          : null,
    effect: `Makes another member of ${target.name} the writer instead of ${writer}; writes fail for up to a minute.`,
    before: { before: writer },
    async act(_key, abort) {
      await failOver(target, undefined, abort);
      return {};
    },
  };
}

async function instance(target: Target, signal: AbortSignal): Promise<Prepared> {
  const now = await databaseOf(target, signal);
  return {
    summary: databaseSummary(now),
    relies: databaseRelies(now),
    refusal:
      now.DBInstanceStatus !== 'available'
        ? refuse(`${target.name} is ${now.DBInstanceStatus}; it can fail over when it is available.`)
        : now.MultiAZ === true
          ? null
          : refuse(`${target.name} has no standby to fail over to.`),
    effect: `Makes the standby of ${target.name} its primary; writes fail for up to a minute and connections are cut.`,
    before: { before: now.AvailabilityZone ?? 'unknown' },
    async act(_key, abort) {
      await failOver(target, undefined, abort);
      return {};
    },
  };
}

async function placeOf(target: Target, signal: AbortSignal): Promise<{ primary: string; moving: boolean }> {
  if (isCluster(target)) {
    const now = await clusterOf(target, signal);
    return { primary: writerOf(now), moving: now.Status === 'failing-over' };
  }
  const now = await databaseOf(target, signal);
  return { primary: now.AvailabilityZone ?? 'unknown', moving: now.DBInstanceStatus === 'rebooting' };
}

async function failOver(target: Target, to: string | undefined, abortSignal: AbortSignal): Promise<void> {
  const { rds } = target.scope.act;
  if (isCluster(target)) {
    const DBClusterIdentifier = target.name.slice('cluster/'.length);
    await asked(target, 'rds:FailoverDBCluster', () =>
      rds.send(new FailoverDBClusterCommand({ DBClusterIdentifier, TargetDBInstanceIdentifier: to }), { abortSignal }),
    );
    return;
  }
  await asked(target, 'rds:RebootDBInstance', () =>
    rds.send(new RebootDBInstanceCommand({ DBInstanceIdentifier: target.name, ForceFailover: true }), { abortSignal }),
  );
}
