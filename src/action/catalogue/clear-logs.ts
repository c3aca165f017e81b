import { defineAction, noDefaults, noParams } from './define.ts';

export const clearLogs = defineAction({
  name: 'clear_logs',
  title: 'Clear old logs',
  risk: 'low',
  reversibility: 'no_lasting_change',
  targetKinds: ['ec2'],
  params: noParams,
  defaults: noDefaults,
  blastRadius: (target) => `Removes rotated logs and temporary files on ${target.name}. Current logs and data stay.`,
  iam: ['ec2:DescribeInstances', 'ssm:SendCommand', 'ssm:GetCommandInvocation', 'ssm:ListCommands'],
});
