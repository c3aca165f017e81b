import { z } from 'zod';
import { MetricRefSchema } from './metric.ts';
import { redact, redactAll, SECRETS_ONLY } from './redact.ts';

export const LogLineSchema = z.object({
  id: z.string().min(1).max(300), // unique in its source, so that a line read twice is one line
  timestampMs: z.number().int(),
  group: z.string().min(1).max(512),
  resourceId: z.string().max(300).nullable(),
  level: z.enum(['debug', 'info', 'warn', 'error', 'fatal']),
  message: z.string().max(262_144),
});
export type LogLine = z.infer<typeof LogLineSchema>;

/** Somebody or something changed the account: the "what changed recently?" of root-cause analysis. */
export const ChangeSchema = z.object({
  id: z.string().min(1).max(300),
  timestampMs: z.number().int(),
  kind: z.enum(['deploy', 'config', 'scale', 'access', 'infrastructure']),
  source: z.string().min(1).max(60), // cloudtrail, config, eventbridge, opsloop, …
  actor: z.string().max(300), // who, as the source names them
  resourceId: z.string().max(300).nullable(),
  summary: z.string().max(1000),
  details: z.record(z.string(), z.string().max(2000)),
});
export type Change = z.infer<typeof ChangeSchema>;

/** An alarm of somebody else's (CloudWatch, Alertmanager, …) that changed its state. */
export const AlarmSchema = z.object({
  id: z.string().min(1).max(300), // of this state change, so that a repeated delivery is one event
  name: z.string().min(1).max(255),
  state: z.enum(['alarm', 'ok', 'insufficient_data']),
  timestampMs: z.number().int(),
  resourceId: z.string().max(300).nullable(),
  metric: MetricRefSchema.nullable(),
  reason: z.string().max(2000),
  severity: z.number().min(0).max(1).optional(), // when whoever sends it says how bad it is
});
export type Alarm = z.infer<typeof AlarmSchema>;

/** Secrets go before it is kept; its id stays as it is. */
export const cleanAlarm = (alarm: Alarm): Alarm => ({ ...alarm, name: redact(alarm.name, SECRETS_ONLY), reason: redact(alarm.reason, SECRETS_ONLY) });
export const cleanChange = (change: Change): Change => ({
  ...change,
  summary: redact(change.summary, SECRETS_ONLY),
  details: redactAll(change.details, SECRETS_ONLY),
});
