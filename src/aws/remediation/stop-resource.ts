import { StartInstancesCommand, StopInstancesCommand } from '@aws-sdk/client-ec2';
import { asked, type Doing, refuse } from './doing.ts';
import { instanceGroup, instanceOf, instanceRelies, instanceSummary } from './ec2.ts';

const GOING = new Set(['stopping', 'stopped', 'shutting-down']);

export const stopResource: Doing = {
  name: 'stop_resource',
  kinds: ['ec2'],
  async prepare(target, _params, signal) {
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
  },
  async happened(target, _receipt, signal) {
    return GOING.has((await instanceOf(target, signal)).State?.Name ?? '') ? 'yes' : 'no';
  },
  async undo(target, _receipt, abortSignal) {
    if (!GOING.has((await instanceOf(target, abortSignal)).State?.Name ?? '')) return;
    await asked(target, 'ec2:StartInstances', () => target.scope.act.ec2.send(new StartInstancesCommand({ InstanceIds: [target.name] }), { abortSignal }));
  },
};
