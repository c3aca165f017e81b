import { z } from 'zod';
import { defineAction } from './define.ts';

/** Any SSM Automation that the config names; further parameters are the document's own and are checked against it. */
export const runAutomation = defineAction({
  name: 'run_automation',
  title: 'Run an automation',
  risk: 'high',
  reversibility: 'cannot_be_undone',
  targetKinds: ['ec2', 'ecs', 'rds', 'asg', 'lambda', 'elasticache', 'alb', 'dynamodb', 'sqs', 'ebs', 'config'],
  params: z.object({ document: z.string().regex(/^[\w.-]{3,128}$/) }).catchall(z.union([z.string(), z.number(), z.boolean()])),
  defaults: () => ({ document: 'unnamed' }),
  blastRadius: (target, params) => `Runs the automation "${params.document}" on ${target.name}. What it does is up to the document.`,
  iam: ['ssm:StartAutomationExecution', 'ssm:GetAutomationExecution', 'ssm:DescribeAutomationExecutions', 'ssm:DescribeDocument', 'ssm:AddTagsToResource'],
  timeoutMin: 30,
  settleMin: 3,
  verifyWithinMin: 45,
});
