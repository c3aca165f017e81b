import { z } from 'zod';

const RoleSchema = z.string().regex(/^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]{1,500}$/, 'a role such as arn:aws:iam::111122223333:role/opsloop-observe');
const RegionSchema = z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'a region such as eu-central-1');
const TargetIdSchema = z.string().regex(/^[a-z0-9]+\/\S{1,280}$/, 'a resource such as rds/checkout-db');

/** One account. Without roles the default credentials are used; reading and acting may have different ones. */
const AccountNameSchema = z.string().regex(/^[a-z0-9][a-z0-9-]{0,30}$/, 'a short name such as prod');
const AccountSchema = z.strictObject({
  name: AccountNameSchema,
  regions: z.array(RegionSchema).min(1).max(20),
  observe_role: RoleSchema.optional(),
  act_role: RoleSchema.optional(),
  external_id: z.string().min(2).max(1224).optional(),
});

/** Where something is, when not everywhere or at home. */
const PLACE = { account: AccountNameSchema.optional(), region: RegionSchema.optional() };

const ExtraMetricSchema = z.strictObject({
  ...PLACE,
  namespace: z.string().min(1).max(255),
  name: z.string().min(1).max(255),
  dimensions: z.record(z.string(), z.string()).default({}),
  stat: z
    .string()
    .max(40)
    .regex(
      /^(Average|Sum|Minimum|Maximum|SampleCount|IQM|(p|tm|wm|tc|ts)\d{1,3}(\.\d{1,10})?|(TM|WM|PR|TC|TS)\([\d.%:]+\))$/,
      'a statistic such as Average or p99',
    )
    .default('Average'),
  unit: z.string().max(40).default('None'),
  resource: TargetIdSchema.optional(),
});

const MetricsSchema = z.strictObject({
  /** Namespaces found by themselves; each has a built-in list of metrics. */
  namespaces: z
    .array(z.string().min(1).max(255))
    .max(50)
    .default(['AWS/EC2', 'CWAgent', 'AWS/RDS', 'AWS/Lambda', 'AWS/ApplicationELB', 'AWS/NetworkELB', 'AWS/ECS', 'AWS/DynamoDB', 'AWS/SQS', 'AWS/ElastiCache']),
  extra: z.array(ExtraMetricSchema).max(2000).default([]),
  only_tags: z.record(z.string(), z.string()).default({}),
  most: z.number().int().min(1).max(50_000).default(2000), // each one asked for is billed, every minute
  delay_s: z.number().int().min(0).max(900).default(60), // a minute's value is read so long after the minute ended
  discover_every_min: z.number().int().min(1).max(1440).default(15),
});

/** Without account and region a group is read wherever it is. */
const LogGroupSchema = z.strictObject({
  ...PLACE,
  group: z.string().min(1).max(512),
  filter: z.string().max(1024).default(''), // CloudWatch Logs filter pattern
  resource: TargetIdSchema.optional(),
});

/** A configuration profile in one environment, under a name of its own. */
const AppConfigSchema = z.strictObject({
  ...PLACE,
  name: z.string().regex(/^[\w.-]{1,100}$/, 'a name such as shop-flags'),
  application: z.string().regex(/^[a-z0-9]{4,7}$/, 'the id of an application'),
  environment: z.string().regex(/^[a-z0-9]{4,7}$/, 'the id of an environment'),
  profile: z.string().regex(/^[a-z0-9]{4,7}$/, 'the id of a configuration profile'),
});
export type AppConfigProfile = z.infer<typeof AppConfigSchema>;

const AutomationSchema = z.strictObject({
  document: z.string().regex(/^[\w.-]{3,128}$/, 'the name of an SSM Automation document'),
  target_parameter: z.string().regex(/^[A-Za-z]\w{0,99}$/), // the parameter that takes the target
  target_kinds: z.array(z.string().min(1).max(60)).min(1).max(20),
});

/** What acting may never exceed, whoever approves. */
const BlastSchema = z.strictObject({
  targets_per_hour: z.number().int().min(0).max(500).default(10),
  group_percent: z.number().int().min(1).max(100).default(34), // of the members of one group, within an hour; one member is always allowed
  growth_percent: z.number().int().min(1).max(1000).default(100), // how much one action may add to what there is
  deletions: z.number().int().min(0).max(500).default(20), // items one action may delete
});

/** Wording of analyses by a model in Bedrock. Nothing of it decides anything. */
export const NarratorSchema = z
  .strictObject({
    kind: z.enum(['none', 'bedrock']).default('none'),
    model_arn: z
      .string()
      .regex(/^arn:aws[a-z-]*:bedrock:[\w:./-]{1,1000}$/, 'the ARN of a model or an inference profile')
      .optional(),
    knowledge_base_id: z
      .string()
      .regex(/^[A-Za-z0-9]{10}$/, 'ten letters and digits')
      .optional(), // default: aws.knowledge.knowledge_base_id
    timeout_ms: z.number().int().min(100).max(30_000).default(5000), // later than that the plain summary stands
    query_limit: z.number().int().min(50).max(20_000).default(1000), // characters of a query
    max_tokens: z.number().int().min(50).max(4000).default(500),
    redact: z.boolean().default(true), // keys, tokens and e-mail addresses never leave the process
    redact_account_ids: z.boolean().default(false),
  })
  .refine(({ kind, model_arn }) => kind === 'none' || model_arn !== undefined, { path: ['model_arn'], error: 'needed for bedrock' });
export type NarratorSettings = z.infer<typeof NarratorSchema>;

export const AwsSchema = z
  .strictObject({
    accounts: z
      .array(AccountSchema)
      .max(50)
      .refine((accounts) => new Set(accounts.map((account) => account.name)).size === accounts.length, 'account names must differ')
      .default([]),
    metrics: MetricsSchema.prefault({}),
    logs: z.array(LogGroupSchema).max(100).default([]),
    insights: z
      .strictObject({ timeout_s: z.number().int().min(1).max(120).default(20), scan_limit_gb: z.number().min(0.01).max(1000).default(5) })
      .prefault({}),
    cloudtrail: z.boolean().default(true),
    config_history: z.boolean().default(false), // AWS Config must be recording
    queue_url: z.url().optional(), // SQS queue that EventBridge and SNS write to
    bucket: z
      .string()
      .regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/)
      .optional(),
    knowledge: z
      .strictObject({
        knowledge_base_id: z.string().regex(/^[A-Za-z0-9]{10}$/, 'ten letters and digits'),
        data_source_id: z.string().regex(/^[A-Za-z0-9]{10}$/, 'ten letters and digits'),
        query_limit: z.number().int().min(50).max(20_000).default(1000), // characters of a query
        timeout_ms: z.number().int().min(100).max(10_000).default(2000),
        ingest_after_s: z.number().int().min(0).max(3600).default(60),
      })
      .optional(),
    tags: z.strictObject({ service: z.string().default('service'), environment: z.string().default('environment') }).prefault({}),
    dependencies: z
      .array(z.strictObject({ from: TargetIdSchema, to: TargetIdSchema, kind: z.enum(['calls', 'runs_on', 'reads', 'writes']).default('calls') }))
      .max(5000)
      .default([]),
    parameters: z
      .array(z.string().regex(/^[\w./-]{1,1000}$/))
      .max(200)
      .default([]), // SSM parameters that hold configuration
    appconfig: z.array(AppConfigSchema).max(200).default([]),
    lambda_alias: z
      .string()
      .regex(/^[\w-]{1,128}$/)
      .default('live'),
    caches: z
      .array(z.strictObject({ id: TargetIdSchema, host: z.string().regex(/^i-[0-9a-f]{8,17}$/) }))
      .max(100)
      .default([]), // the instance that can reach a cache
    automation: z.array(AutomationSchema).max(100).default([]),
    blast: BlastSchema.prefault({}),
    path_style: z.boolean().default(false), // S3 behind a local endpoint
  })
  .superRefine((aws, context) => {
    for (const [list, entries] of Object.entries({ logs: aws.logs, appconfig: aws.appconfig, extra: aws.metrics.extra }))
      for (const [at, place] of entries.entries()) {
        const message = placeProblem(place, aws.accounts);
        if (message !== null) context.addIssue({ code: 'custom', path: list === 'extra' ? ['metrics', list, at] : [list, at], message });
      }
  });
export type AwsSettings = z.infer<typeof AwsSchema>;
export type AwsAccountSettings = z.infer<typeof AccountSchema>;

type Place = { readonly account?: string | undefined; readonly region?: string | undefined };

/** A place that the accounts of the config do not have would never be read, and nobody would know. */
function placeProblem({ account, region }: Place, accounts: readonly AwsAccountSettings[]): string | null {
  if (account === undefined && region === undefined) return null;
  const named = accounts.filter((one) => account === undefined || one.name === account);
  if (named.length === 0) return `aws.accounts has no account ${account ?? 'at all'}`;
  return region === undefined || named.some((one) => one.regions.includes(region)) ? null : `aws.accounts does not list the region ${region} there`;
}
