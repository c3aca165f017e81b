import { existsSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import { OpsError } from './domain/errors.ts';
import { PolicySchema } from './domain/policy.ts';

/** One threshold of the static method. Bounds in the metric's own unit. */
const ThresholdSchema = z.strictObject({
  metric: z.string().min(1), // namespace/name, `*` at the end is a wildcard
  above: z.number().optional(),
  below: z.number().optional(),
  for_min: z.number().int().min(1).max(1440).default(3),
});

const ConfigSchema = z.strictObject({
  account: z.strictObject({ kind: z.enum(['simulated']).default('simulated'), scenario: z.string().default('tour') }).prefault({}),
  store: z
    .strictObject({
      path: z.string().min(1).default('var/opsloop.db'),
      keep_metrics_h: z
        .number()
        .int()
        .min(2)
        .max(24 * 90)
        .default(72),
    })
    .prefault({}),
  knowledge: z.strictObject({ path: z.string().min(1).default('var/knowledge.db'), archive: z.string().min(1).default('var/archive') }).prefault({}),
  slack: z
    .strictObject({
      channel: z
        .string()
        .regex(/^[CG][A-Z0-9]{2,20}$/, 'a channel id such as C0123456789 (channel details, at the bottom)')
        .optional(),
      locale: z.enum(['en', 'zh']).default('en'), // of the channel; people read DMs in their own
      bot_token: z.string().startsWith('xoxb-').optional(),
      app_token: z.string().startsWith('xapp-').optional(),
      api_url: z.url().optional(),
    })
    .prefault({}),
  http: z
    .strictObject({
      host: z.string().default('127.0.0.1'),
      port: z.number().int().min(0).max(65_535).default(4600),
      cors_origins: z.array(z.url()).max(20).default([]), // web pages that may call the API from a browser
      rate_per_min: z.number().int().min(1).max(1_000_000).default(600), // requests of one token
      webhooks: z
        .strictObject({
          secret: z.string().min(16, 'at least 16 characters').max(200).optional(), // shared with senders that sign (OPSLOOP_WEBHOOK_SECRET)
          sns_topics: z
            .array(z.string().regex(/^arn:aws[\w-]*:sns:[a-z0-9-]+:\d{12}:[\w.-]{1,256}$/, 'the ARN of an SNS topic'))
            .max(100)
            .default([]),
        })
        .prefault({}),
    })
    .prefault({}),
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
  return parsed.data;
}

/** The config file (OPSLOOP_CONFIG, else opsloop.config.yaml where there is one), with secrets and addresses from the environment over it. */
export function loadConfig(env: NodeJS.ProcessEnv = process.env): Config {
  const path = env['OPSLOOP_CONFIG'] ?? 'opsloop.config.yaml';
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
  const http = withWebhookSecret(file['http'], env['OPSLOOP_WEBHOOK_SECRET']);
  return parseConfig({ ...file, slack, http });
}

function withWebhookSecret(http: unknown, secret: string | undefined): unknown {
  if (!secret) return http;
  const given = (http ?? {}) as Record<string, unknown>;
  return { ...given, webhooks: { ...(given['webhooks'] as Record<string, unknown> | undefined), secret } };
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
