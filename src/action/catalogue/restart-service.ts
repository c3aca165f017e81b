import { defineAction, noDefaults, noParams } from './define.ts';

export const restartService = defineAction({
  name: 'restart_service',
  title: 'Restart the service',
  risk: 'low',
  reversibility: 'no_lasting_change',
  targetKinds: ['ecs', 'ec2', 'lambda'],
  params: noParams,
  defaults: noDefaults,
  blastRadius: (target) => `Restarts ${target.name}. Its tasks are replaced one after another; requests in flight may be cut.`,
  iam: [
    'ecs:UpdateService',
    'ecs:DescribeServices',
    'ec2:DescribeInstances',
    'lambda:GetAlias',
    'lambda:GetFunctionConfiguration',
    'lambda:UpdateFunctionConfiguration',
    'ssm:SendCommand',
    'ssm:GetCommandInvocation',
    'ssm:ListCommands',
  ],
});
