import { GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { AttachVolumeCommand, DescribeVolumesCommand, DetachVolumeCommand, type Volume } from '@aws-sdk/client-ec2';
import type { Receipt } from '../../domain/ports.ts';
import { asked, changedSince, type Happened, missing, type Prepared, refuse, type Target } from './doing.ts';
import { instanceOf } from './ec2.ts';
import { until } from './until.ts';

const IDLE_H = 24;
const HOUR_S = 3600;
const POLL_MS = 2000;

/** Detaches a volume that nothing read or wrote for a day; taken back by attaching it as it was. */
export async function detachVolume(target: Target, signal: AbortSignal): Promise<Prepared> {
  const now = await volumeOf(target, signal);
  const attachments = now.Attachments ?? [];
  const [place] = attachments;
  const instance = place?.InstanceId === undefined ? null : await instanceOf({ ...target, name: place.InstanceId }, signal);
  const operations = place === undefined ? null : await operationsOf(target, signal);
  const where = `${place?.InstanceId ?? 'nothing'} ${place?.Device ?? ''}`.trim();
  return {
    summary: { state: now.State ?? 'unknown', attached_to: where, size: `${now.Size ?? 0} GB`, operations_a_day: String(operations ?? 'unknown') },
    relies: [now.State, where, attachments.length],
    refusal:
      place === undefined
        ? refuse(`${target.name} is attached to nothing.`)
        : attachments.length > 1
          ? refuse(`${target.name} is attached to ${attachments.length} instances; that is for a person to judge.`)
          : instance?.RootDeviceName === place.Device
            ? refuse(`${target.name} is the root disk of ${place.InstanceId}; it cannot be detached while that runs.`)
            : operations === null
              ? refuse(`CloudWatch does not say how much ${target.name} was used in the last ${IDLE_H} h.`)
              : operations > 0
                ? refuse(`${target.name} is not idle: ${operations} reads and writes in the last ${IDLE_H} h.`)
                : null,
    effect: `Detaches ${target.name} (${now.Size ?? 0} GB) from ${where}; nothing used it for ${IDLE_H} h. Its data stays.`,
    before: { before: where, after: '' },
    async act(_key, abortSignal) {
      await asked(target, 'ec2:DetachVolume', () =>
        target.scope.act.ec2.send(new DetachVolumeCommand({ VolumeId: target.name, InstanceId: place?.InstanceId, Device: place?.Device }), { abortSignal }),
      );
      return {};
    },
  };
}

export async function volumeHappened(target: Target, signal: AbortSignal): Promise<Happened> {
  const [place] = (await volumeOf(target, signal)).Attachments ?? [];
  return place === undefined || place.State === 'detaching' || place.State === 'detached' ? 'yes' : 'no';
}

export async function attachAgain(target: Target, receipt: Receipt, abortSignal: AbortSignal): Promise<void> {
  const [InstanceId = '', Device = ''] = (receipt['before'] ?? '').split(' ');
  const now = await until(
    () => volumeOf(target, abortSignal),
    ({ Attachments }) => Attachments?.[0]?.State !== 'detaching',
    POLL_MS,
    abortSignal,
  );
  const [place] = now.Attachments ?? [];
  if (place?.InstanceId === InstanceId) return;
  if (place !== undefined) throw changedSince(target, 'The instance');
  await asked(target, 'ec2:AttachVolume', () =>
    target.scope.act.ec2.send(new AttachVolumeCommand({ VolumeId: target.name, InstanceId, Device }), { abortSignal }),
  );
}

async function volumeOf(target: Target, abortSignal: AbortSignal): Promise<Volume> {
  if (!target.name.startsWith('vol-')) throw refuse(`${target.resource.id} is no single volume.`);
  const { Volumes } = await asked(target, 'ec2:DescribeVolumes', () =>
    target.scope.check.ec2.send(new DescribeVolumesCommand({ VolumeIds: [target.name] }), { abortSignal }),
  );
  const [found] = Volumes ?? [];
  if (found === undefined) throw missing(target);
  return found;
}

/** Reads and writes of the last day; null when CloudWatch has no data, which is not the same as none. */
async function operationsOf(target: Target, abortSignal: AbortSignal): Promise<number | null> {
  const Dimensions = [{ Name: 'VolumeId', Value: target.name }];
  const MetricDataQueries = ['VolumeReadOps', 'VolumeWriteOps'].map((MetricName, at) => ({
    Id: `m${at}`,
    MetricStat: { Metric: { Namespace: 'AWS/EBS', MetricName, Dimensions }, Period: HOUR_S, Stat: 'Sum' },
  }));
  const range = { StartTime: new Date(target.nowMs - IDLE_H * HOUR_S * 1000), EndTime: new Date(target.nowMs) };
  const { MetricDataResults = [] } = await asked(target, 'cloudwatch:GetMetricData', () =>
    target.scope.check.cloudWatch.send(new GetMetricDataCommand({ MetricDataQueries, ...range }), { abortSignal }),
  );
  const values = MetricDataResults.map((one) => one.Values ?? []);
  if (values.length < 2 || values.some((one) => one.length === 0)) return null;
  return values.flat().reduce((sum, value) => sum + value, 0);
}
