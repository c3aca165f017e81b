import { z } from 'zod';
import { defineAction } from './define.ts';

export const raiseCapacity = defineAction({
  name: 'raise_capacity',
  title: 'Raise the table capacity',
  risk: 'medium',
  reversibility: 'rollback',
  targetKinds: ['dynamodb'],
  params: z.strictObject({ units: z.number().int().min(1).max(40_000) }),
  defaults: () => ({ units: 1000 }),
  blastRadius: (target, params) => `Raises the provisioned capacity of ${target.name} to ${params.units} units. Costs more while it lasts.`,
  iam: ['dynamodb:UpdateTable', 'dynamodb:DescribeTable'],
});
