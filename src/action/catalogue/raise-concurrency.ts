import { z } from 'zod';
import { defineAction } from './define.ts';

export const raiseConcurrency = defineAction({
  name: 'raise_concurrency',
  title: 'Raise the concurrency limit',
  risk: 'medium',
  reversibility: 'rollback',
  targetKinds: ['lambda'],
  params: z.strictObject({ concurrency: z.number().int().min(1).max(1000) }),
  defaults: () => ({ concurrency: 100 }),
  blastRadius: (target, params) => `Raises the reserved concurrency of ${target.name} to ${params.concurrency}. It takes that share from the account.`,
  iam: ['lambda:PutFunctionConcurrency', 'lambda:DeleteFunctionConcurrency', 'lambda:GetFunctionConcurrency', 'lambda:GetAccountSettings'],
});
