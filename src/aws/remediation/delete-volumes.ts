import { DeleteVolumeCommand, DescribeVolumesCommand } from '@aws-sdk/client-ec2';
import { OpsError } from '../../domain/errors.ts';
import { asked, type Doing, missing, refuse, type Target } from './doing.ts';

/** One volume that is attached to nothing. */
export const deleteVolumes: Doing = {
  name: 'delete_volumes',
  kinds: ['ebs'],
  async prepare(target, _params, signal) {
    if (!target.name.startsWith('vol-')) throw refuse(`${target.resource.id} is no volume.`);
    const now = await volumeOf(target, signal);
    if (now === null) throw missing(target);
    return {
      summary: { state: now.State ?? 'unknown', size: `${now.Size ?? 0} GB`, made: now.CreateTime?.toISOString() ?? 'unknown' },
      relies: [now.State, now.Size, now.CreateTime],
      refusal: now.State === 'available' ? null : refuse(`${target.name} is ${now.State}; only a volume that is attached to nothing is deleted.`),
      effect: `Deletes ${target.name} (${now.Size} GB). Its data cannot be brought back.`,
      before: {},
      async act(_key, abortSignal) {
        await asked(target, 'ec2:DeleteVolume', () => target.scope.act.ec2.send(new DeleteVolumeCommand({ VolumeId: target.name }), { abortSignal }));
        return {};
      },
    };
  },
  async happened(target, _receipt, signal) {
    const now = await volumeOf(target, signal);
    return now === null || now.State === 'deleting' || now.State === 'deleted' ? 'yes' : 'no';
  },
  undo: null,
};

async function volumeOf(target: Target, abortSignal: AbortSignal) {
  const answer = await asked(target, 'ec2:DescribeVolumes', () =>
    target.scope.check.ec2.send(new DescribeVolumesCommand({ VolumeIds: [target.name] }), { abortSignal }),
  ).catch((thrown: unknown) => {
    if (thrown instanceof OpsError && thrown.code === 'not_found') return null;
    throw thrown;
  });
  return answer?.Volumes?.[0] ?? null;
}
