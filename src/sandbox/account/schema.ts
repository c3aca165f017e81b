import { z } from 'zod';
import { RiskSchema } from '../../domain/risk.ts';

// The format of scenario files. docs/scenarios.md explains each field; keep the two in step.

/** Kinds of resources that the simulated account knows. */
export const KINDS = ['alb', 'ecs', 'ec2', 'rds', 'elasticache', 'sqs', 'lambda', 'dynamodb', 'ebs', 'iam', 'vpc', 'acm', 'config'] as const;
export type Kind = (typeof KINDS)[number];

const kinds = KINDS.join('|');
const ResourceIdSchema = z
  .string()
  .max(120)
  .regex(new RegExp(`^(${kinds})/[a-z0-9][a-z0-9.-]*$`), `must be <kind>/<name>, e.g. ecs/checkout; kinds: ${KINDS.join(', ')}`);

const MINUTES_MAX = 20_160; // two weeks
const minute = z.number().int().min(0).max(MINUTES_MAX);

const ResourceSpecSchema = z.strictObject({
  id: ResourceIdSchema,
  service: z.string().max(60).optional(), // default: its name
  environment: z.string().max(60).optional(), // default: prod
  zone: z.string().max(60).optional(),
  tags: z.record(z.string().max(60), z.string().max(200)).optional(),
  count: z.number().int().min(1).max(100).optional(), // tasks or instances
  latency_ms: z.number().min(0.1).max(60_000).optional(),
  memory_percent: z.number().min(1).max(90).optional(),
  disk_percent: z.number().min(1).max(90).optional(),
  busy_at_peak: z.number().min(0.05).max(0.95).optional(), // how busy it is at the usual peak
  concurrency: z.number().int().min(1).max(1000).optional(),
  units: z.number().int().min(1).max(40_000).optional(),
  connection_limit: z.number().int().min(10).max(16_000).optional(),
  volume_gb: z.number().int().min(1).max(16_384).optional(),
  snapshots: z.number().int().min(0).max(100_000).optional(),
  volumes: z.number().int().min(0).max(10_000).optional(),
});
export type ResourceSpec = z.infer<typeof ResourceSpecSchema>;

const DependencySpecSchema = z.strictObject({
  from: ResourceIdSchema,
  to: ResourceIdSchema,
  kind: z.enum(['calls', 'runs_on', 'reads', 'writes']).default('calls'),
  per_request: z.number().min(0).max(100).default(1),
});
export type DependencySpec = z.infer<typeof DependencySpecSchema>;

const TOPOLOGY_NAMES = ['default', 'api', 'pipeline', 'site'] as const;
export type TopologyName = (typeof TOPOLOGY_NAMES)[number];

const TopologySpecSchema = z.union(
  [
    z.enum(TOPOLOGY_NAMES),
    z.strictObject({
      base: z.enum([...TOPOLOGY_NAMES, 'none']).default('default'),
      resources: z.array(ResourceSpecSchema).max(200).default([]), // added, or changed when the id is already there
      dependencies: z.array(DependencySpecSchema).max(1000).default([]),
      remove: z.array(ResourceIdSchema).max(200).default([]),
    }),
  ],
  { error: 'must be "default", "api", "pipeline" or "site", or a mapping with base, resources, dependencies, remove' },
);
export type TopologySpec = z.infer<typeof TopologySpecSchema>;

const HealSchema = z.strictObject({
  action: z.string().regex(/^[a-z_]{3,60}$/, 'must be an action of the catalogue, e.g. restart_service'),
  target: ResourceIdSchema,
});

/** What the scorer accepts for a fault; what is not given comes from the fault itself. */
const TruthSpecSchema = z.strictObject({
  causes: z.array(ResourceIdSchema).min(1).max(20).optional(),
  actions: z.array(HealSchema).min(1).max(20).optional(),
});

export const FaultSpecSchema = z.strictObject({
  kind: z.string().min(1).max(60),
  target: ResourceIdSchema,
  at_min: minute.default(0), // after the start of the scenario, or after the injection
  params: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).default({}),
  truth: TruthSpecSchema.optional(),
});
export type FaultSpec = z.infer<typeof FaultSpecSchema>;

export const HERRINGS = ['innocent_deploy', 'innocent_config', 'access_change', 'scheduled_job', 'missing_data', 'harmless_spike', 'log_noise'] as const;
const HerringSpecSchema = z.strictObject({
  kind: z.enum(HERRINGS),
  target: ResourceIdSchema,
  at_min: minute.default(0),
  for_min: z.number().int().min(1).max(1440).default(10),
  every_min: z.number().int().min(10).max(10_080).optional(), // repeats, also in the history before the start (scheduled_job)
  metric: z.string().max(120).optional(), // of missing_data: only this one, default all of the resource
});
export type HerringSpec = z.infer<typeof HerringSpecSchema>;

const WEEKDAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const;
const StartSchema = z.strictObject({
  weekday: z.enum(WEEKDAYS).default('wednesday'),
  time: z
    .string()
    .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be HH:MM, e.g. "10:30"')
    .default('10:00'),
});

const TrafficSchema = z.strictObject({
  peak_rpm: z.number().min(1).max(1_000_000).default(6000),
  night: z.number().min(0).max(1).default(0.3),
  weekend: z.number().min(0).max(2).default(0.7),
  noise: z.number().min(0).max(0.5).default(0.03),
});

const ExpectSchema = z.strictObject({
  incidents: z.number().int().min(0).max(20),
  cause: ResourceIdSchema.optional(),
  action: z.string().max(60).optional(),
  risk: RiskSchema.optional(),
});

export const ScenarioSchema = z.strictObject({
  name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,59}$/, 'must be small letters, digits and dashes'),
  title: z.string().min(1).max(120),
  about: z.string().max(1000).default(''),
  seed: z.number().int().min(0).max(2_147_483_647).default(1),
  topology: TopologySpecSchema.default('default'),
  start: StartSchema.prefault({}),
  traffic: TrafficSchema.prefault({}),
  warm_up_hours: z.number().int().min(0).max(336).default(24),
  duration_min: z.number().int().min(1).max(MINUTES_MAX).default(60),
  daily_changes: z.number().int().min(0).max(50).default(4),
  faults: z.array(FaultSpecSchema).max(10).default([]),
  red_herrings: z.array(HerringSpecSchema).max(20).default([]),
  expect: ExpectSchema,
});

/** One scenario of the sandbox, checked. */
export type Scenario = z.infer<typeof ScenarioSchema>;

/** Minute of the week at which a scenario starts; Monday 00:00 is 0. */
export function startMinute(scenario: Scenario): number {
  const [hours = 0, minutes = 0] = scenario.start.time.split(':').map(Number);
  return WEEKDAYS.indexOf(scenario.start.weekday) * 1440 + hours * 60 + minutes;
}
