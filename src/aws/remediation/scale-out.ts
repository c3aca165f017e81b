import { type AutoScalingGroup, DescribeAutoScalingGroupsCommand, SetDesiredCapacityCommand } from '@aws-sdk/client-auto-scaling';
import { z } from 'zod';
import { growthRefusal } from './blast.ts';
import { asked, changedSince, compare, type Doing, missing, type Prepared, paramsOf, refuse, type Target, tooMuch } from './doing.ts';
import { serviceOf, serviceRelies, serviceSummary, updateService } from './ecs.ts';

const PARAMS = z.strictObject({ count: z.number().int().min(1).max(50) });

/** More tasks of an ECS service, or more instances of an Auto Scaling group, within its own maximum and ours. */
export const scaleOut: Doing = {
  name: 'scale_out',
  kinds: ['ecs', 'asg'],
  prepare(target, params, signal) {
    const { count } = paramsOf(PARAMS, params, target);
    return target.resource.kind === 'ecs' ? service(target, count, signal) : group(target, count, signal);
  },
  async happened(target, receipt, signal) {
    return compare(String(await desired(target, signal)), receipt);
  },
  async undo(target, receipt, signal) {
    const now = String(await desired(target, signal));
    if (now === receipt['before']) return;
    if (now !== receipt['after']) throw changedSince(target, 'The size');
    await setDesired(target, Number(receipt['before']), signal);
  },
};

async function service(target: Target, count: number, signal: AbortSignal): Promise<Prepared> {
  const now = await serviceOf(target, signal);
  const before = now.desiredCount ?? 0;
  return {
    summary: serviceSummary(now),
    relies: serviceRelies(now),
    refusal:
      before === 0
        ? refuse(`${target.name} is switched off; adding tasks would start it.`)
        : growthRefusal(`The tasks of ${target.name}`, before, before + count, target.settings.blast),
    effect: `Runs ${before + count} tasks of ${target.name} instead of ${before}.`,
    before: { before: String(before), after: String(before + count) },
    act: async (_key, abort) => {
      await setDesired(target, before + count, abort);
      return {};
    },
  };
}

async function group(target: Target, count: number, signal: AbortSignal): Promise<Prepared> {
  const now = await groupOf(target, signal);
  const before = now.DesiredCapacity ?? 0;
  const after = before + count;
  const most = now.MaxSize ?? 0;
  const over =
    after > most
      ? tooMuch(`${target.name} may have at most ${most} instances, and ${after} were asked for.`, 'Raise its maximum first, or ask for fewer.')
      : null;
  return {
    summary: { instances: String(before), least: String(now.MinSize ?? 0), most: String(most) },
    relies: [before, now.MinSize, most],
    refusal: over ?? growthRefusal(`The instances of ${target.name}`, before, after, target.settings.blast),
    effect: `Runs ${after} instances in ${target.name} instead of ${before}.`,
    before: { before: String(before), after: String(after) },
    act: async (_key, abort) => {
      await setDesired(target, after, abort);
      return {};
    },
  };
}

async function groupOf(target: Target, abortSignal: AbortSignal): Promise<AutoScalingGroup> {
  const { AutoScalingGroups } = await asked(target, 'autoscaling:DescribeAutoScalingGroups', () =>
    target.scope.check.autoScaling.send(new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [target.name] }), { abortSignal }),
  );
  const [found] = AutoScalingGroups ?? [];
  if (found === undefined) throw missing(target);
  return found;
}

const desired = async (target: Target, signal: AbortSignal): Promise<number> =>
  target.resource.kind === 'ecs' ? ((await serviceOf(target, signal)).desiredCount ?? 0) : ((await groupOf(target, signal)).DesiredCapacity ?? 0);

async function setDesired(target: Target, count: number, abortSignal: AbortSignal): Promise<void> {
  if (target.resource.kind === 'ecs') {
    await updateService(target, { desiredCount: count }, abortSignal);
    return;
  }
  await asked(target, 'autoscaling:SetDesiredCapacity', () =>
    target.scope.act.autoScaling.send(new SetDesiredCapacityCommand({ AutoScalingGroupName: target.name, DesiredCapacity: count, HonorCooldown: false }), {
      abortSignal,
    }),
  );
}
