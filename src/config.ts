import { existsSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import { AwsSchema, NarratorSchema } from './aws/settings.ts';
import { OpsError } from './domain/errors.ts';
import { PolicySchema } from './domain/policy.ts';

/** One threshold of the static method. Bounds in the metric's own unit. */
const ThresholdSchema = z.strictObject({
  metric: z.string().min(1), // namespace/name, `*` at the end is a wildcard
  above: z.number().optional(),
  below: z.number().optional(),
  for_min: z.number().int().min(1).max(1440).default(3),
});

const ChannelId = z.string().regex(/^[CG][A-Z0-9]{2,20}$/, 'a channel id such as C0123456789 (channel details, at the bottom)');

/** Which incidents go to which channel, and whom their card calls. */
const RouteSchema = z.strictObject({
  service: z.string().min(1).optional(), // any, when left out
  min_severity: z.enum(['low', 'medium', 'high', 'critical']).default('low'),
  channel: ChannelId.optional(), // slack.channel, when left out
  mention: z
    .array(z.string().regex(/^[UWS][A-Z0-9]{2,20}$/, 'a Slack user id (U…) or a user group id (S…)'))
    .max(20)
    .default([]),
});
export type Route = z.infer<typeof RouteSchema>;

/** Who hears of incidents and plans. */
const OutgoingSchema = z.strictObject({
  name: z.string().regex(/^[\w-]{1,40}$/, 'letters, digits, - and _'),
  url: z.url({ protocol: /^https?$/ }),
  secret: z.string().min(16, 'at least 16 characters').max(200).optional(), // left out: http.webhooks.secret
  events: z
    .array(z.string().regex(/^[a-z_.]{1,60}\*?$/, 'such as incident.* or plan.approved'))
    .min(1)
    .max(50)
    .default(['incident.*', 'plan.*']),
});

/** What turns patterns and questions into vectors. The lexicon is built in and needs no model; the others widen what a search considers. */
const EmbeddingsSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('lexicon') }),
  z.strictObject({
    kind: z.literal('openai'), // any endpoint that speaks the OpenAI embeddings API
    url: z.url(), // up to and without /embeddings
    model: z.string().min(1).max(200),
    dimensions: z.number().int().min(1).max(4096),
    api_key: z.string().min(1).max(500).optional(), // OPSLOOP_EMBEDDINGS_KEY
    timeout_ms: z.number().int().min(100).max(60_000).default(5000),
  }),
  z.strictObject({
    kind: z.literal('bedrock'),
    model: z.string().regex(/^(?:[a-z]{2}\.)?(?:amazon\.titan-embed|cohere\.embed)[\w.:-]*$/, 'an id of amazon.titan-embed-… or cohere.embed-…'),
    dimensions: z.number().int().min(1).max(4096),
    timeout_ms: z.number().int().min(100).max(60_000).default(5000),
  }),
]);

const ConfigSchema = z.strictObject({
  account: z
    .strictObject({ kind: z.enum(['simulated', 'aws']).default('simulated'), scenario: z.string().default('tour'), region: z.string().optional() })
    .prefault({}),
  aws: AwsSchema.prefault({}),
  topology: z.strictObject({ file: z.string().min(1).max(4096).optional() }).prefault({}), // what a team writes down: docs/topology.md
  store: z
    .strictObject({
      path: z.string().min(1).default('var/opsloop.db'),
      url: z
        .string()
        .regex(/^postgres(?:ql)?:\/\/\S+$/, 'an address such as postgres://user:password@host:5432/opsloop')
        .optional(), // DATABASE_URL
      connections: z.number().int().min(3).max(200).default(10), // of each opsloop to PostgreSQL
      keep_metrics_h: z
        .number()
        .int()
        .min(2)
        .max(24 * 90)
        .default(72),
      max_size_mb: z.number().int().min(50).max(10_000_000).optional(), // left out: as large as it gets
    })
    .prefault({}),
  knowledge: z
    .strictObject({
      path: z.string().min(1).default('var/knowledge.db'),
      archive: z.string().min(1).default('var/archive'),
      embeddings: EmbeddingsSchema.prefault({ kind: 'lexicon' }),
    })
    .prefault({}),
  narrator: NarratorSchema.prefault({}),
  slack: z
    .strictObject({
      channel: ChannelId.optional(),
      locale: z.enum(['en', 'zh']).default('en'), // of the channel; people read DMs in their own
      locales: z.record(ChannelId, z.enum(['en', 'zh'])).default({}), // of single channels
      routes: z.array(RouteSchema).max(100).default([]), // the first that fits; none: `channel`
      bot_token: z.string().startsWith('xoxb-').optional(),
      app_token: z.string().startsWith('xapp-').optional(),
      api_url: z.url().optional(),
    })
    .prefault({}),
  http: z
    .strictObject({
      host: z.string().default('127.0.0.1'),
      port: z.number().int().min(0).max(65_535).default(4600),
      public_url: z.url({ protocol: /^https?$/ }).optional(), // where people reach it: links on cards, and what Slack shows under them
      cors_origins: z.array(z.url()).max(20).default([]), // web pages that may call the API from a browser
      rate_per_min: z.number().int().min(1).max(1_000_000).default(600), // requests of one token
      webhooks: z
        .strictObject({
          secret: z.string().min(16, 'at least 16 characters').max(200).optional(), // shared with senders that sign (OPSLOOP_WEBHOOK_SECRET)
          sns_topics: z
            .array(z.string().regex(/^arn:aws[\w-]*:sns:[a-z0-9-]+:\d{12}:[\w.-]{1,256}$/, 'the ARN of an SNS topic'))
            .max(100)
            .default([]),
          out: z.array(OutgoingSchema).max(20).default([]),
        })
        .prefault({}),
    })
    .prefault({}),
  watch: z
    .strictObject({
      ping_url: z.url().optional(), // asked after each tick: a dead man's switch outside
      late_s: z.number().int().min(60).max(86_400).default(150), // so long without a tick, and the channel is told
    })
    .prefault({}),
  telemetry: z.strictObject({ otlp_url: z.url({ protocol: /^https?$/ }).optional() }).prefault({}), // where traces go; left out: no traces
  loop: z
    .strictObject({
      every: z.string().default('* * * * *'), // cron
      backfill_h: z
        .number()
        .int()
        .min(0)
        .max(24 * 14)
        .default(24),
      source_timeout_s: z.number().int().min(1).max(300).default(30),
    })
    .prefault({}),
  detection: z.strictObject({ thresholds: z.array(ThresholdSchema).max(1000).default([]), worker: z.boolean().default(true) }).prefault({}),
  policy: PolicySchema.prefault({}),
  audit: z.strictObject({ key: z.string().min(32, 'at least 32 characters').max(500).optional() }).prefault({}), // signs checkpoints (OPSLOOP_AUDIT_KEY)
  quiet: z
    .strictObject({
      incidents_per_hour: z.number().int().min(1).max(100).default(3), // cards a service; what comes above shares one card
      cards_per_hour: z.number().int().min(1).max(1000).default(12), // the same over all services
      remind_after_min: z.number().int().min(1).max(1440).default(15), // an incident nobody has taken
      remind_most: z.number().int().min(0).max(10).default(3),
      digest: z.enum(['off', 'sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday']).default('monday'),
      digest_hour_utc: z.number().int().min(0).max(23).default(9),
    })
    .prefault({}),
  log: z.strictObject({ level: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info') }).prefault({}),
});
export type Config = z.infer<typeof ConfigSchema>;
export type ConfigInput = z.input<typeof ConfigSchema>;

/** Checks a config given as an object; every problem is named with its path. */
export function parseConfig(input: unknown): Config {
  const parsed = ConfigSchema.safeParse(input ?? {});
  if (!parsed.success)
    throw new OpsError('invalid_input', `The config is not valid:\n${z.prettifyError(parsed.error)}`, 'See opsloop.config.example.yaml for every setting.');
  if (parsed.data.policy.approvers.includes('*')) {
    throw new OpsError(
      'invalid_input',
      'The config is not valid: policy.approvers may not hold "*".',
      'Name people (U…) or user groups (S…); empty means nobody.',
    );
  }
  const { narrator, aws } = parsed.data;
  if (narrator.kind === 'bedrock' && (narrator.knowledge_base_id ?? aws.knowledge?.knowledge_base_id) === undefined) {
    throw new OpsError(
      'invalid_input',
      'The config is not valid: the narrator has no knowledge base.',
      'Set narrator.knowledge_base_id, or aws.knowledge.knowledge_base_id.',
    );
  }
  if ((parsed.data.account.kind === 'aws' || narrator.kind === 'bedrock') && aws.accounts.length === 0 && parsed.data.account.region === undefined) {
    throw new OpsError('invalid_input', 'The config is not valid: no AWS region is named.', 'Set account.region, AWS_REGION, or aws.accounts[].regions.');
  }
  const { secret, out } = parsed.data.http.webhooks;
  const bare = out.find((target) => target.secret === undefined && secret === undefined);
  if (bare !== undefined) {
    throw new OpsError('invalid_input', `The config is not valid: the webhook "${bare.name}" has no secret to sign with.`, 'Set OPSLOOP_WEBHOOK_SECRET.');
  }
  return parsed.data;
}

/** Where the config file is, or would be. */
export const configFile = (env: NodeJS.ProcessEnv = process.env): string => env['OPSLOOP_CONFIG'] ?? 'opsloop.config.yaml';

/** Where the state is: a PostgreSQL address, or the path of a SQLite file. */
export const storeAddress = ({ store }: Pick<Config, 'store'>): string => store.url ?? store.path;

/** The config file (OPSLOOP_CONFIG, else opsloop.config.yaml where there is one), with secrets and addresses from the environment over it. */
export function loadConfig(env: NodeJS.ProcessEnv = process.env): Config {
  const path = configFile(env);
  if (env['OPSLOOP_CONFIG'] !== undefined && !existsSync(path))
    throw new OpsError('invalid_input', `There is no config file at ${path}.`, 'Set OPSLOOP_CONFIG to an existing file, or unset it.');
  const file = existsSync(path) ? readYaml(path) : {};
  const slack = {
    ...(file['slack'] as Record<string, unknown> | undefined),
    ...(env['SLACK_BOT_TOKEN'] ? { bot_token: env['SLACK_BOT_TOKEN'] } : {}),
    ...(env['SLACK_APP_TOKEN'] ? { app_token: env['SLACK_APP_TOKEN'] } : {}),
    ...(env['SLACK_API_URL'] ? { api_url: env['SLACK_API_URL'] } : {}),
    ...(env['SLACK_CHANNEL'] ? { channel: env['SLACK_CHANNEL'] } : {}),
  };
  const region = env['AWS_REGION'] ?? env['AWS_DEFAULT_REGION'];
  const account = { ...(region ? { region } : {}), ...(file['account'] as Record<string, unknown> | undefined) };
  // The SDK reads AWS_ENDPOINT_URL* itself; a local S3 wants the bucket in the path as well.
  const localS3 = Boolean(env['AWS_ENDPOINT_URL'] ?? env['AWS_ENDPOINT_URL_S3']);
  const aws = { ...(localS3 ? { path_style: true } : {}), ...(file['aws'] as Record<string, unknown> | undefined) };
  const knowledge = withKey(file['knowledge'], env['OPSLOOP_EMBEDDINGS_KEY']);
  const http = withWebhookSecret(file['http'], env['OPSLOOP_WEBHOOK_SECRET']);
  const audit = { ...(file['audit'] as Record<string, unknown> | undefined), ...(env['OPSLOOP_AUDIT_KEY'] ? { key: env['OPSLOOP_AUDIT_KEY'] } : {}) };
  const store = { ...(file['store'] as Record<string, unknown> | undefined), ...(env['DATABASE_URL'] ? { url: env['DATABASE_URL'] } : {}) };
  const policy = withPaused(file['policy'], env['OPSLOOP_PAUSED']);
  return parseConfig({ ...file, store, slack, account, aws, knowledge, http, audit, policy });
}

/** The kill switch from the environment: `all`, or scopes such as `action:scale_out,service:checkout`. It only ever adds. */
function withPaused(policy: unknown, scopes: string | undefined): unknown {
  if (!scopes) return policy;
  const given = (policy ?? {}) as { paused?: readonly unknown[] };
  return { ...given, paused: [...(given.paused ?? []), ...scopes.split(',').map((scope) => scope.trim())] };
}

function withKey(knowledge: unknown, key: string | undefined): unknown {
  const given = (knowledge ?? {}) as { embeddings?: Record<string, unknown> };
  return key && given.embeddings?.['kind'] === 'openai' ? { ...given, embeddings: { ...given.embeddings, api_key: key } } : given;
}

function withWebhookSecret(http: unknown, secret: string | undefined): unknown {
  if (!secret) return http;
  const given = (http ?? {}) as Record<string, unknown>;
  return { ...given, webhooks: { ...(given['webhooks'] as Record<string, unknown> | undefined), secret } };
}

/** How to reach a running opsloop: its address from the config (or `url`), and a token from OPSLOOP_TOKEN. */
export function loadClient(url: string | undefined, env: NodeJS.ProcessEnv = process.env): { readonly url: string; readonly token: string } {
  const token = env['OPSLOOP_TOKEN'];
  if (!token) throw new OpsError('invalid_input', 'OPSLOOP_TOKEN is not set.', 'Make one with "opsloop tokens create NAME" and set it in the environment.');
  const { host, port } = loadConfig(env).http;
  const found = url ?? `http://${host}:${port}`;
  if (!URL.canParse(found)) throw new OpsError('invalid_input', `"${found}" is not an address.`, 'Write it like http://127.0.0.1:4600.');
  return { url: found, token };
}

function readYaml(path: string): Record<string, unknown> {
  try {
    const value: unknown = parse(readFileSync(path, 'utf8'));
    if (value === null) return {};
    if (typeof value === 'object' && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch (error) {
    throw new OpsError('invalid_input', `The config file ${path} is not valid YAML: ${(error as Error).message.split('\n')[0]}`, 'Mend the line it names.', {
      cause: error,
    });
  }
  throw new OpsError('invalid_input', `The config file ${path} must be a mapping of settings.`, 'See opsloop.config.example.yaml.');
}
