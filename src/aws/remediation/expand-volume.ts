import { DescribeVolumesCommand, ModifyVolumeCommand, type Volume } from '@aws-sdk/client-ec2';
import { ModifyDBInstanceCommand } from '@aws-sdk/client-rds';
import { z } from 'zod';
import { growthRefusal } from './blast.ts';
import { asked, compare, type Doing, missing, type Prepared, paramsOf, refuse, type Target } from './doing.ts';
import { instanceOf } from './ec2.ts';
import { databaseOf, databaseRelies, databaseSummary, isCluster } from './rds.ts';

const PARAMS = z.strictObject({ gb: z.number().int().min(1).max(16_384) });

/** More storage for a volume, for an instance that has exactly one, or for a database. The file system is not grown by it. */
export const expandVolume: Doing = {
  name: 'expand_volume',
  kinds: ['ec2', 'ebs', 'rds'],
  async prepare(target, params, signal) {
    const { gb } = paramsOf(PARAMS, params, target);
    return target.resource.kind === 'rds' ? await database(target, gb, signal) : await volume(target, gb, signal);
  },
  async happened(target, receipt, signal) {
    if (target.resource.kind === 'rds') {
      const now = await databaseOf(target, signal);
      return compare(String(now.PendingModifiedValues?.AllocatedStorage ?? now.AllocatedStorage), receipt);
    }
    return compare(String((await volumeOf(target, receipt['volume'] ?? '', signal)).Size), receipt);
  },
  undo: null, // neither EBS nor RDS can shrink
};

async function volume(target: Target, gb: number, signal: AbortSignal): Promise<Prepared> {
  const ids =
    target.resource.kind === 'ebs' ? [target.name] : ((await instanceOf(target, signal)).BlockDeviceMappings ?? []).map((one) => one.Ebs?.VolumeId ?? '');
  const [id = ''] = ids;
  if (ids.length !== 1 || !id.startsWith('vol-'))
    throw refuse(`${target.name} has ${ids.length} volumes; name the one to grow.`, `One of: ${ids.map((one) => `ebs/${one}`).join(', ')}.`);
  const now = await volumeOf(target, id, signal);
  const before = now.Size ?? 0;
  return {
    summary: { volume: id, size: `${before} GB`, state: now.State ?? 'unknown' },
    relies: [id, before, now.State],
    refusal: growthRefusal(`The volume of ${target.name}`, before, before + gb, target.settings.blast),
    effect: `Grows ${id} of ${target.name} from ${before} to ${before + gb} GB; the file system on it has to be grown afterwards.`,
    before: { before: String(before), after: String(before + gb), volume: id },
    async act(_key, abortSignal) {
      await asked(target, 'ec2:ModifyVolume', () => target.scope.act.ec2.send(new ModifyVolumeCommand({ VolumeId: id, Size: before + gb }), { abortSignal }));
      return {};
    },
  };
}

async function volumeOf(target: Target, id: string, abortSignal: AbortSignal): Promise<Volume> {
  const { Volumes } = await asked(target, 'ec2:DescribeVolumes', () =>
    target.scope.check.ec2.send(new DescribeVolumesCommand({ VolumeIds: [id] }), { abortSignal }),
  );
  const [found] = Volumes ?? [];
  if (found === undefined) throw missing(target);
  return found;
}

async function database(target: Target, gb: number, signal: AbortSignal): Promise<Prepared> {
  if (isCluster(target)) throw refuse(`${target.resource.id} is a cluster; its storage grows by itself.`);
  const now = await databaseOf(target, signal);
  const before = now.AllocatedStorage ?? 0;
  const after = Math.max(before + gb, Math.ceil((before * 11) / 10)); // RDS takes nothing under a tenth
  return {
    summary: databaseSummary(now),
    relies: databaseRelies(now),
    refusal:
      now.DBInstanceStatus !== 'available'
        ? refuse(`${target.name} is ${now.DBInstanceStatus}; it can grow when it is available.`)
        : growthRefusal(`The storage of ${target.name}`, before, after, target.settings.blast),
    effect: `Grows the storage of ${target.name} from ${before} to ${after} GB.`,
    before: { before: String(before), after: String(after) },
    async act(_key, abortSignal) {
      await asked(target, 'rds:ModifyDBInstance', () =>
        target.scope.act.rds.send(new ModifyDBInstanceCommand({ DBInstanceIdentifier: target.name, AllocatedStorage: after, ApplyImmediately: true }), {
          abortSignal,
        }),
      );
      return {};
    },
  };
}
