import { DeleteSnapshotCommand, DescribeImagesCommand, DescribeSnapshotsCommand, DescribeVolumesCommand, type Snapshot } from '@aws-sdk/client-ec2';
import { OpsError } from '../../domain/errors.ts';
import { pages } from '../inventory/part.ts';
import { inParallel } from '../pace.ts';
import { asked, type Doing, refuse, type Target, tooMuch } from './doing.ts';

const ORPHANS = 'orphaned-snapshots';
const MOST_A_PAGE = 1000;
const MOST_VOLUMES = 20_000;
const DAY_MS = 24 * 3_600_000;
const OLD_ORPHAN_DAYS = 1; // a snapshot of today may be somebody's work
const OLD_DAYS = 30; // of a volume that is still there
const AT_ONCE = 3;

/**
 * `ebs/orphaned-snapshots`: snapshots whose volume is gone. `ebs/vol-…`: the old ones of that volume, but never its newest. None that
 * an image starts from, and none that a backup service keeps. The approval holds for exactly these: another one voids it.
 */
export const deleteSnapshots: Doing = {
  name: 'delete_snapshots',
  kinds: ['ebs'],
  async prepare(target, _params, signal) {
    const found = await deletable(target, signal);
    const ids = found.map((one) => one.SnapshotId ?? '').sort();
    const most = target.settings.blast.deletions;
    const gb = found.reduce((sum, one) => sum + (one.VolumeSize ?? 0), 0);
    const what = target.name === ORPHANS ? ORPHANS : `snapshots of ${target.name}`;
    return {
      summary: { snapshots: String(ids.length), size: `${gb} GB` },
      relies: ids,
      refusal:
        ids.length === 0
          ? refuse(
              target.name === ORPHANS
                ? 'Every snapshot still has its volume, is from today, or is kept by an image or a backup.'
                : `${target.name} has no snapshot older than ${OLD_DAYS} days but its newest and those that an image or a backup keeps.`,
            )
          : ids.length > most
            ? tooMuch(`There are ${ids.length} ${what}; one action may delete ${most}.`)
            : null,
      effect: `Deletes ${ids.length} ${what} (${gb} GB). They cannot be brought back.`,
      before: { snapshots: ids.join(' ').slice(0, 4000) },
      async act(_key, abortSignal) {
        await inParallel(ids, AT_ONCE, (SnapshotId) =>
          asked(target, 'ec2:DeleteSnapshot', () => target.scope.act.ec2.send(new DeleteSnapshotCommand({ SnapshotId }), { abortSignal })).catch(partly),
        );
        return { deleted: String(ids.length) };
      },
    };
  },
  async happened(target, receipt, signal) {
    const ours = (receipt['snapshots'] ?? '').split(' ');
    const left = (await snapshotsOf(target, signal)).filter((one) => ours.includes(one.SnapshotId ?? ''));
    return left.length === 0 ? 'yes' : left.length === ours.length ? 'no' : 'unknown';
  },
  undo: null,
};

/** After the first deletion "refused" would no longer be the truth. */
function partly(thrown: unknown): never {
  const said = thrown instanceof Error ? thrown.message : '';
  throw new OpsError('unavailable', `Not every snapshot could be deleted: ${said}`, 'Look at what is left.', { cause: thrown });
}

async function deletable(target: Target, signal: AbortSignal): Promise<Snapshot[]> {
  const orphans = target.name === ORPHANS;
  const [snapshots, kept] = [await snapshotsOf(target, signal), await imageSnapshots(target, signal)];
  const gone = orphans ? await volumesGone(target, signal) : () => true;
  const newest = orphans ? null : newestOf(snapshots);
  const beforeMs = target.nowMs - (orphans ? OLD_ORPHAN_DAYS : OLD_DAYS) * DAY_MS;
  return snapshots.filter(
    (one) =>
      one.State === 'completed' &&
      one.SnapshotId !== newest &&
      !kept.has(one.SnapshotId ?? '') &&
      !(one.Tags ?? []).some((tag) => tag.Key?.startsWith('aws:')) &&
      (one.StartTime?.getTime() ?? target.nowMs) < beforeMs &&
      gone(one.VolumeId ?? ''),
  );
}

const newestOf = (snapshots: readonly Snapshot[]): string | undefined =>
  snapshots.toSorted((a, b) => (b.StartTime?.getTime() ?? 0) - (a.StartTime?.getTime() ?? 0))[0]?.SnapshotId;

async function snapshotsOf(target: Target, abortSignal: AbortSignal): Promise<Snapshot[]> {
  const Filters = target.name === ORPHANS ? [] : [{ Name: 'volume-id', Values: [target.name] }];
  return await pages(async (NextToken) => {
    const page = await asked(target, 'ec2:DescribeSnapshots', () =>
      target.scope.check.ec2.send(new DescribeSnapshotsCommand({ OwnerIds: ['self'], Filters, MaxResults: MOST_A_PAGE, NextToken }), { abortSignal }),
    );
    return { items: page.Snapshots, token: page.NextToken };
  });
}

/** Snapshots that images of the account start from; EC2 would refuse to delete them. */
async function imageSnapshots(target: Target, abortSignal: AbortSignal): Promise<ReadonlySet<string>> {
  const images = await pages(async (NextToken) => {
    const page = await asked(target, 'ec2:DescribeImages', () =>
      target.scope.check.ec2.send(new DescribeImagesCommand({ Owners: ['self'], MaxResults: MOST_A_PAGE, NextToken }), { abortSignal }),
    );
    return { items: page.Images, token: page.NextToken };
  });
  return new Set(images.flatMap((image) => (image.BlockDeviceMappings ?? []).map((device) => device.Ebs?.SnapshotId ?? '')));
}

async function volumesGone(target: Target, abortSignal: AbortSignal): Promise<(volumeId: string) => boolean> {
  const volumes = await pages(async (NextToken) => {
    const page = await asked(target, 'ec2:DescribeVolumes', () =>
      target.scope.check.ec2.send(new DescribeVolumesCommand({ MaxResults: MOST_A_PAGE, NextToken }), { abortSignal }),
    );
    return { items: page.Volumes, token: page.NextToken };
  });
  if (volumes.length >= MOST_VOLUMES) throw tooMuch('There are more volumes than can be looked at; nothing can be called orphaned.', 'Delete by hand.');
  const there = new Set(volumes.map((one) => one.VolumeId));
  return (volumeId) => !there.has(volumeId);
}
