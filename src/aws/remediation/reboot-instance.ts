import { RebootInstancesCommand } from '@aws-sdk/client-ec2';
import { asked, type Doing, refuse } from './doing.ts';
import { instanceGroup, instanceOf, instanceRelies, instanceSummary } from './ec2.ts';

export const rebootInstance: Doing = {
  name: 'reboot_instance',
  kinds: ['ec2'],
  async prepare(target, _params, signal) {
    const now = await instanceOf(target, signal);
    return {
      summary: instanceSummary(now),
      relies: instanceRelies(now),
      refusal: now.State?.Name === 'running' ? null : refuse(`${target.name} is ${now.State?.Name}; only a running instance can be rebooted.`),
      effect: `Reboots ${target.name}; it is away for a minute or two.`,
      before: {},
      group: instanceGroup(target, now),
      async act(_key, abortSignal) {
        await asked(target, 'ec2:RebootInstances', () =>
          target.scope.act.ec2.send(new RebootInstancesCommand({ InstanceIds: [target.name] }), { abortSignal }),
        );
        return {};
      },
    };
  },
  happened: async () => 'unknown', // a reboot leaves no mark that EC2 tells
  undo: null,
};
