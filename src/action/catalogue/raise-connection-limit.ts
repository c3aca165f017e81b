import { z } from 'zod';
import { defineAction } from './define.ts';

export const raiseConnectionLimit = defineAction({
  name: 'raise_connection_limit',
  title: 'Raise the connection limit',
  risk: 'high',
  reversibility: 'rollback',
  targetKinds: ['rds'],
  params: z.strictObject({ limit: z.number().int().min(10).max(16_000) }),
  defaults: () => ({ limit: 500 }),
  blastRadius: (target, params) => `Raises the connection limit of ${target.name} to ${params.limit}. Each connection takes memory.`,
  iam: ['rds:ModifyDBParameterGroup', 'rds:DescribeDBParameters', 'rds:DescribeDBInstances'],
});
