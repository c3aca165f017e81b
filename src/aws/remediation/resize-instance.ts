import {
  DescribeInstanceTypeOfferingsCommand,
  type Instance,
  ModifyInstanceAttributeCommand,
  StartInstancesCommand,
  StopInstancesCommand,
} from '@aws-sdk/client-ec2';
import { OpsError } from '../../domain/errors.ts';
import { asked, type Target } from './doing.ts';
import { instanceOf } from './ec2.ts';
import { possibleTypes } from './sizes.ts';
import { until } from './until.ts';

const POLL_MS = 3000;
const RESCUE_MS = 5 * 60_000; // to bring an instance back after the change failed half-way
const STOPPED_LOOKS = 4; // right after starting, the first looks may still say so
const STARTED = new Set(['pending', 'running']);

/** The types of the instance's own family that its zone offers: a type that is not there would only be refused once it is stopped. */
export async function offeredTypes(target: Target, instance: Instance, abortSignal: AbortSignal): Promise<string[]> {
  const { InstanceTypeOfferings = [] } = await asked(target, 'ec2:DescribeInstanceTypeOfferings', () =>
    target.scope.check.ec2.send(
      new DescribeInstanceTypeOfferingsCommand({
        LocationType: 'availability-zone',
        Filters: [
          { Name: 'location', Values: [instance.Placement?.AvailabilityZone ?? ''] },
          { Name: 'instance-type', Values: possibleTypes(instance.InstanceType ?? '') },
        ],
      }),
      { abortSignal },
    ),
  );
  return InstanceTypeOfferings.flatMap((one) => (one.InstanceType === undefined ? [] : [one.InstanceType]));
}

/**
 * Stops an instance, gives it another type and starts it. Whatever fails after it was stopped, it is started again as it was: an
 * error then is `unavailable`, since something did happen.
 */
export async function resizeInstance(target: Target, from: string, to: string, signal: AbortSignal): Promise<void> {
  await stop(target, signal);
  try {
    await until(
      () => instanceOf(target, signal),
      (now) => now.State?.Name === 'stopped',
      POLL_MS,
      signal,
    );
    await setType(target, to, signal);
    await start(target, signal);
  } catch (thrown) {
    const said = thrown instanceof Error ? thrown.message : '';
    const end = await bringBack(target, from).catch(() => `It could not be started again: look at ${target.resource.id} now.`);
    throw new OpsError('unavailable', `${target.name} could not be made ${to}: ${said}`, end, { cause: thrown });
  }
}

/** After a failure: running again as it was, unless it did start. Says how it ended. */
async function bringBack(target: Target, type: string): Promise<string> {
  const signal = AbortSignal.timeout(RESCUE_MS);
  const now = await until(
    () => instanceOf(target, signal),
    ({ State }) => State?.Name !== 'stopping',
    POLL_MS,
    signal,
  );
  if (STARTED.has(now.State?.Name ?? '')) return `It is ${now.State?.Name} as ${now.InstanceType}.`;
  if (now.InstanceType !== type) await setType(target, type, signal);
  await start(target, signal);
  return `It was started again as ${type}.`;
}

async function stop(target: Target, abortSignal: AbortSignal): Promise<void> {
  await asked(target, 'ec2:StopInstances', () => target.scope.act.ec2.send(new StopInstancesCommand({ InstanceIds: [target.name] }), { abortSignal }));
}

/** Starts it and waits until it runs. One that falls back to `stopped` (no capacity, no right to its disk's key) says why. */
async function start(target: Target, abortSignal: AbortSignal): Promise<void> {
  await asked(target, 'ec2:StartInstances', () => target.scope.act.ec2.send(new StartInstancesCommand({ InstanceIds: [target.name] }), { abortSignal }));
  let stopped = 0; // looks that still, or again, found it stopped
  const now = await until(
    () => instanceOf(target, abortSignal),
    ({ State }) => {
      if (State?.Name === 'stopped') stopped += 1;
      return State?.Name === 'running' || stopped >= STOPPED_LOOKS;
    },
    POLL_MS,
    abortSignal,
  );
  if (now.State?.Name !== 'running') throw new OpsError('unavailable', `it does not start: ${now.StateReason?.Message ?? 'AWS does not say why'}`);
}

async function setType(target: Target, type: string, abortSignal: AbortSignal): Promise<void> {
  await asked(target, 'ec2:ModifyInstanceAttribute', () =>
    target.scope.act.ec2.send(new ModifyInstanceAttributeCommand({ InstanceId: target.name, InstanceType: { Value: type } }), { abortSignal }),
  );
}
