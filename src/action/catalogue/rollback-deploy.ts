import { defineAction, noDefaults, noParams } from './define.ts';

export const rollbackDeploy = defineAction({
  name: 'rollback_deploy',
  title: 'Roll back the last deploy',
  risk: 'high',
  reversibility: 'rollback',
  targetKinds: ['ecs', 'lambda'],
  params: noParams,
  defaults: noDefaults,
  blastRadius: (target) => `Puts ${target.name} back on the version before the last deploy.`,
  iam: [
    'ecs:UpdateService',
    'ecs:DescribeServices',
    'ecs:ListTaskDefinitions',
    'iam:PassRole',
    'lambda:UpdateAlias',
    'lambda:GetAlias',
    'lambda:ListVersionsByFunction',
  ],
});
