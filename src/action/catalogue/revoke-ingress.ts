import { defineAction, noDefaults, noParams } from './define.ts';

export const revokeIngress = defineAction({
  name: 'revoke_ingress',
  title: 'Close the opened port',
  risk: 'high',
  reversibility: 'rollback',
  targetKinds: ['vpc'],
  params: noParams,
  defaults: noDefaults,
  blastRadius: (target) => `Removes the rule last added to ${target.name}. Traffic that relies on it is cut.`,
  iam: ['ec2:RevokeSecurityGroupIngress', 'ec2:AuthorizeSecurityGroupIngress', 'ec2:DescribeSecurityGroupRules'],
});
