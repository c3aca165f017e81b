import { DeleteSnapshotCommand, DescribeSnapshotsCommand, DescribeVolumesCommand, type Snapshot } from '@aws-sdk/client-ec2';
import { OpsError } from '../../domain/errors.ts';
import { inParallel } from '../pace.ts';
import { asked, type Doing, refuse, type Target, tooMuch } from './doing.ts';

const TARGET = 'orphaned-snapshots';
const MOST_PAGES = 20;
const OLD_MS = 24 * 3_600_000; // a snapshot of today may be somebody's work
const AT_ONCE = 3;

/** Snapshots whose volume is gone. The approval holds for exactly these: another one voids it. */
export const deleteSnapshots: Doing = {
  name: 'delete_snapshots',
  kinds: ['ebs'],
  async prepare(target, _params, signal) {
    if (target.name !== TARGET) throw refuse(`${target.resource.id} has no orphaned snapshots of its own.`, `Use ebs/${TARGET}${target.scope.suffix}.`);
    const orphans = await orphansOf(target, signal);
    const ids = orphans.map((one) => one.SnapshotId ?? '').sort();
    const most = target.settings.blast.deletions;
    const gb = orphans.reduce((sum, one) => sum + (one.VolumeSize ?? 0), 0);
    return {
      summary: { snapshots: String(ids.length), size: `${gb} GB` },
      relies: ids,
      refusal:
        ids.length === 0
          ? refuse('Every snapshot still has its volume, or is from today.')
          : ids.length > most
            ? tooMuch(`There are ${ids.length} orphaned snapshots; one action may delete ${most}.`)
            : null,
      effect: `Deletes ${ids.length} ${TARGET} (${gb} GB). They cannot be brought back.`,
      before: { snapshots: ids.join(' ').slice(0, 4000) },
      async act(_key, abortSignal) {
        await inParallel(ids, AT_ONCE, (SnapshotId) =>
          asked(target, 'ec2:DeleteSnapshot', () => target.scope.act.ec2.send(new DeleteSnapshotCommand({ SnapshotId }), { abortSignal })).catch(
            (thrown: unknown) => {
              // After the first deletion "refused" would no longer be the truth.
              throw new OpsError(
                'unavailable',
                `Not every snapshot could be deleted: ${thrown instanceof Error ? thrown.message : ''}`,
                'Look at what is left.',
                { cause: thrown },
              );
            },
          ),
        );
        return { deleted: String(ids.length) };
      },
    };
  },
  async happened(target, receipt, signal) {
    const asked = (receipt['snapshots'] ?? '').split(' ');
    const left = (await orphansOf(target, signal)).filter((one) => asked.includes(one.SnapshotId ?? ''));
    return left.length === 0 ? 'yes' : left.length === asked.length ? 'no' : 'unknown';
  },
  undo: null,
};

async function orphansOf(target: Target, abortSignal: AbortSignal): Promise<Snapshot[]> {
  const { check } = target.scope;
  const snapshots: Snapshot[] = [];
  const volumes = new Set<string>();
  let token: string | undefined;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const answer = await asked(target, 'ec2:DescribeSnapshots', () =>
      check.ec2.send(new DescribeSnapshotsCommand({ OwnerIds: ['self'], MaxResults: 1000, NextToken: token }), { abortSignal }),
    );
    snapshots.push(...(answer.Snapshots ?? []));
    token = answer.NextToken;
    if (token === undefined) break;
  }
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const answer = await asked(target, 'ec2:DescribeVolumes', () =>
      check.ec2.send(new DescribeVolumesCommand({ MaxResults: 1000, NextToken: token }), { abortSignal }),
    );
    for (const { VolumeId } of answer.Volumes ?? []) if (VolumeId !== undefined) volumes.add(VolumeId);
    token = answer.NextToken;
    if (token === undefined) break;
  }
  if (token !== undefined) throw tooMuch('There are more volumes than can be looked at; nothing can be called orphaned.', 'Delete by hand.');
  const { nowMs } = target;
  return snapshots.filter((one) => one.State === 'completed' && !volumes.has(one.VolumeId ?? '') && nowMs - (one.StartTime?.getTime() ?? nowMs) > OLD_MS);
}
