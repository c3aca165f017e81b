import { DescribeInstanceAttributeCommand, TerminateInstancesCommand } from '@aws-sdk/client-ec2';
import { OpsError } from '../../domain/errors.ts';
import { asked, type Doing, refuse } from './doing.ts';
import { instanceGroup, instanceOf, instanceRelies, instanceSummary } from './ec2.ts';

export const terminateInstance: Doing = {
  name: 'terminate_instance',
  kinds: ['ec2'],
  async prepare(target, _params, signal) {
    const now = await instanceOf(target, signal);
    const { DisableApiTermination } = await asked(target, 'ec2:DescribeInstanceAttribute', () =>
      target.scope.check.ec2.send(new DescribeInstanceAttributeCommand({ InstanceId: target.name, Attribute: 'disableApiTermination' }), {
        abortSignal: signal,
      }),
    );
    const guarded = DisableApiTermination?.Value === true;
    return {
      summary: { ...instanceSummary(now), protected: guarded ? 'yes' : 'no' },
      relies: [instanceRelies(now), guarded],
      refusal: guarded ? refuse(`${target.name} is protected against termination.`, 'Whoever protected it has to lift that first.') : null,
      effect: `Terminates ${target.name} for good, with every volume that is set to go with it.`,
      before: {},
      group: instanceGroup(target, now),
      async act(_key, abortSignal) {
        await asked(target, 'ec2:TerminateInstances', () =>
          target.scope.act.ec2.send(new TerminateInstancesCommand({ InstanceIds: [target.name] }), { abortSignal }),
        );
        return {};
      },
    };
  },
  async happened(target, _receipt, signal) {
    const now = await instanceOf(target, signal).catch((thrown: unknown) => {
      if (thrown instanceof OpsError && thrown.code === 'not_found') return null;
      throw thrown;
    });
    return now === null || now.State?.Name === 'shutting-down' ? 'yes' : 'no';
  },
  undo: null,
};
