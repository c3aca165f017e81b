import { defineAction, noDefaults, noParams } from './define.ts';

export const clearCache = defineAction({
  name: 'clear_cache',
  title: 'Clear the cache',
  risk: 'low',
  reversibility: 'no_lasting_change',
  targetKinds: ['elasticache'],
  params: noParams,
  defaults: noDefaults,
  blastRadius: (target) => `Empties ${target.name}. Readers go to the database until it is warm again.`,
  iam: ['elasticache:DescribeReplicationGroups', 'elasticache:DescribeCacheClusters', 'ssm:SendCommand', 'ssm:GetCommandInvocation', 'ssm:ListCommands'],
});
