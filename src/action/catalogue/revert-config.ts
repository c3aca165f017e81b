import { defineAction, noDefaults, noParams } from './define.ts';

export const revertConfig = defineAction({
  name: 'revert_config',
  title: 'Revert the last configuration change',
  risk: 'high',
  reversibility: 'rollback',
  targetKinds: ['ecs', 'lambda', 'rds', 'alb', 'elasticache', 'config'],
  params: noParams,
  defaults: noDefaults,
  blastRadius: (target) => `Puts the configuration of ${target.name} back to what it was before its last change.`,
  iam: ['ssm:GetParameterHistory', 'ssm:PutParameter', 'appconfig:ListDeployments', 'appconfig:StartDeployment', 'appconfig:StopDeployment'],
});
