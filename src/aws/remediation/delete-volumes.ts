import { DeleteVolumeCommand, DescribeVolumesCommand, type DescribeVolumesCommandInput, type Volume } from '@aws-sdk/client-ec2';
import { OpsError } from '../../domain/errors.ts';
import { pages } from '../inventory/part.ts';
import { asked, type Doing, refuse, type Target, tooMuch } from './doing.ts';

const UNATTACHED = 'unattached-volumes';
const OLD_MS = 7 * 24 * 3_600_000; // a volume of this week may be about to be attached
const STANDS = new Set(['creating', 'available', 'in-use', 'error']);

/** `ebs/vol-…`: one volume that is attached to nothing. `ebs/unattached-volumes`: all of them that are a week old. */
export const deleteVolumes: Doing = {
  name: 'delete_volumes',
  kinds: ['ebs'],
  async prepare(target, _params, signal) {
    const found = await volumesOf(target, signal);
    const gb = found.reduce((sum, one) => sum + (one.Size ?? 0), 0);
    const ids = found.map((one) => one.VolumeId ?? '').sort();
    const what = target.name === UNATTACHED ? `${ids.length} ${UNATTACHED}` : target.name;
    return {
      summary: { volumes: String(ids.length), state: found[0]?.State ?? 'none', size: `${gb} GB`, made: found[0]?.CreateTime?.toISOString() ?? 'unknown' },
      relies: found.map((one) => [one.VolumeId, one.State, one.Size, one.CreateTime]).sort(),
      refusal: refusalOf(target, found),
      effect: `Deletes ${what} (${gb} GB). Data on it cannot be brought back.`,
      before: { volumes: ids.join(' ').slice(0, 4000) },
      async act(_key, abortSignal) {
        for (const [at, VolumeId] of ids.entries())
          await asked(target, 'ec2:DeleteVolume', () => target.scope.act.ec2.send(new DeleteVolumeCommand({ VolumeId }), { abortSignal })).catch(
            (thrown: unknown) => {
              if (at === 0) throw thrown; // nothing was deleted yet
              const said = thrown instanceof Error ? thrown.message : '';
              throw new OpsError('unavailable', `Not every volume could be deleted: ${said}`, 'Look at what is left.', { cause: thrown });
            },
          );
        return { deleted: String(ids.length) };
      },
    };
  },
  async happened(target, receipt, signal) {
    const ours = (receipt['volumes'] ?? '').split(' ');
    const left = (await described(target, { Filters: [{ Name: 'volume-id', Values: ours }] }, signal)).filter((one) => STANDS.has(one.State ?? ''));
    return left.length === 0 ? 'yes' : left.length === ours.length ? 'no' : 'unknown';
  },
  undo: null,
};

function refusalOf(target: Target, found: readonly Volume[]): OpsError | null {
  const [first] = found;
  const most = target.settings.blast.deletions;
  if (first === undefined) return refuse('Every volume is attached to something, or was made this week.');
  if (found.length > most) return tooMuch(`There are ${found.length} ${UNATTACHED}; one action may delete ${most}.`);
  if (first.State === 'available') return null;
  return refuse(`${target.name} is ${first.State}; only a volume that is attached to nothing is deleted.`);
}

async function volumesOf(target: Target, signal: AbortSignal): Promise<Volume[]> {
  if (target.name.startsWith('vol-')) return await described(target, { VolumeIds: [target.name] }, signal);
  if (target.name !== UNATTACHED) throw refuse(`${target.resource.id} is no volume.`, `Use ebs/${UNATTACHED}${target.scope.suffix}, or one volume.`);
  const all = await described(target, { Filters: [{ Name: 'status', Values: ['available'] }] }, signal);
  return all.filter((one) => target.nowMs - (one.CreateTime?.getTime() ?? target.nowMs) > OLD_MS);
}

async function described(target: Target, which: Pick<DescribeVolumesCommandInput, 'VolumeIds' | 'Filters'>, abortSignal: AbortSignal): Promise<Volume[]> {
  return await pages(async (NextToken) => {
    const page = await asked(target, 'ec2:DescribeVolumes', () =>
      target.scope.check.ec2.send(new DescribeVolumesCommand({ ...which, NextToken }), { abortSignal }),
    );
    return { items: page.Volumes, token: page.NextToken };
  });
}
