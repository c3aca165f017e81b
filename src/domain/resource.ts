import { z } from 'zod';

/** Something in the account that can be sick or be acted on. `id` is unique within the deployment, e.g. `ecs/checkout`. */
export const ResourceSchema = z.object({
  id: z.string().min(1).max(300),
  kind: z.string().min(1).max(60), // ec2, ecs, rds, lambda, alb, elasticache, sqs, dynamodb, iam, …
  name: z.string().min(1).max(200),
  service: z.string().max(200).nullable(), // the team's word for what it serves: "checkout"
  environment: z.string().max(60).nullable(), // prod, staging, …
  zone: z.string().max(60).nullable(), // availability zone
  tags: z.record(z.string(), z.string()),
});
export type Resource = z.infer<typeof ResourceSchema>;

/** `from` depends on `to`: calls it, runs on it or reads from it. */
export const DependencySchema = z.object({
  from: z.string().min(1),
  to: z.string().min(1),
  kind: z.enum(['calls', 'runs_on', 'reads', 'writes']),
});
export type Dependency = z.infer<typeof DependencySchema>;

export const TopologySchema = z.object({ resources: z.array(ResourceSchema), dependencies: z.array(DependencySchema) });
export type Topology = z.infer<typeof TopologySchema>;
