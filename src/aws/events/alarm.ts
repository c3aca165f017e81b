import { z } from 'zod';
import type { MetricRef } from '../../domain/metric.ts';
import type { Alarm } from '../../domain/signals.ts';
import { idOfDimensions } from '../names.ts';

const STATES: Readonly<Record<string, Alarm['state']>> = { ALARM: 'alarm', OK: 'ok', INSUFFICIENT_DATA: 'insufficient_data' };

/** One change of state in whichever shape it came. The id is the same for all of them, so that an alarm told twice is one alarm. */
export function alarmOf(
  raw: { readonly name: string; readonly state: string; readonly atMs: number; readonly reason: string; readonly metric: MetricRef | null },
  known: (plainId: string) => string,
): Alarm | null {
  const state = STATES[raw.state];
  if (state === undefined || !Number.isFinite(raw.atMs)) return null;
  const plain = raw.metric === null ? null : idOfDimensions(raw.metric.dimensions);
  return {
    id: `cloudwatch:${raw.name}@${raw.atMs}`.slice(0, 300),
    name: raw.name.slice(0, 255),
    state,
    timestampMs: raw.atMs,
    resourceId: plain === null ? null : known(plain),
    metric: raw.metric,
    reason: raw.reason.slice(0, 2000),
  };
}

/** `CloudWatch Alarm State Change` of EventBridge. An alarm over an expression has several metrics and speaks of none. */
const EventSchema = z.object({
  'detail-type': z.literal('CloudWatch Alarm State Change'),
  detail: z.object({
    alarmName: z.string().min(1),
    state: z.object({ value: z.string(), reason: z.string().default(''), timestamp: z.string() }),
    configuration: z
      .object({
        metrics: z
          .array(
            z.object({
              metricStat: z
                .object({
                  metric: z.object({ namespace: z.string(), name: z.string(), dimensions: z.record(z.string(), z.string()).default({}) }),
                  stat: z.string(),
                })
                .optional(),
            }),
          )
          .default([]),
      })
      .default({ metrics: [] }),
  }),
});

export function alarmOfEvent(event: unknown, known: (plainId: string) => string): Alarm | null {
  const parsed = EventSchema.safeParse(event);
  if (!parsed.success) return null;
  const { alarmName, state, configuration } = parsed.data.detail;
  const [only] = configuration.metrics;
  const stat = configuration.metrics.length === 1 ? only?.metricStat : undefined;
  const metric = stat === undefined ? null : { ...stat.metric, stat: stat.stat };
  return alarmOf({ name: alarmName, state: state.value, atMs: Date.parse(state.timestamp), reason: state.reason, metric }, known);
}

/** What CloudWatch publishes to SNS when an alarm changes. */
const SnsSchema = z.object({
  AlarmName: z.string().min(1),
  NewStateValue: z.string(),
  NewStateReason: z.string().default(''),
  StateChangeTime: z.string(),
  Trigger: z
    .object({
      Namespace: z.string().optional(),
      MetricName: z.string().optional(),
      Statistic: z.string().optional(),
      ExtendedStatistic: z.string().optional(),
      Dimensions: z.array(z.object({ name: z.string(), value: z.string() })).default([]),
    })
    .optional(),
});

export function alarmOfSns(message: unknown, known: (plainId: string) => string): Alarm | null {
  const parsed = SnsSchema.safeParse(message);
  if (!parsed.success) return null;
  const { AlarmName, NewStateValue, NewStateReason, StateChangeTime, Trigger } = parsed.data;
  return alarmOf({ name: AlarmName, state: NewStateValue, atMs: Date.parse(StateChangeTime), reason: NewStateReason, metric: metricOf(Trigger) }, known);
}

function metricOf(trigger: z.infer<typeof SnsSchema>['Trigger']): MetricRef | null {
  if (trigger?.Namespace === undefined || trigger.MetricName === undefined) return null;
  const dimensions = Object.fromEntries(trigger.Dimensions.map(({ name, value }) => [name, value]));
  const said = trigger.ExtendedStatistic ?? trigger.Statistic ?? 'Average';
  return { namespace: trigger.Namespace, name: trigger.MetricName, dimensions, stat: STATS[said] ?? said };
}

const STATS: Readonly<Record<string, string>> = { AVERAGE: 'Average', SUM: 'Sum', MAXIMUM: 'Maximum', MINIMUM: 'Minimum', SAMPLE_COUNT: 'SampleCount' };
