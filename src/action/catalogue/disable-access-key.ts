import { defineAction, noDefaults, noParams } from './define.ts';

export const disableAccessKey = defineAction({
  name: 'disable_access_key',
  title: 'Disable the access key',
  risk: 'high',
  reversibility: 'rollback',
  targetKinds: ['iam'],
  params: noParams,
  defaults: noDefaults,
  blastRadius: (target) => `Disables the access keys of ${target.name}. Whatever signs with them stops working.`,
  iam: ['iam:UpdateAccessKey', 'iam:ListAccessKeys'],
});
