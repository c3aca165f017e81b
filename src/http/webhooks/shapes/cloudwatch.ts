import { z } from 'zod';
import type { Alarm } from '../../../domain/signals.ts';
import { alarmOf, timeOf } from './shape.ts';

const STATES = { ALARM: 'alarm', OK: 'ok', INSUFFICIENT_DATA: 'insufficient_data' } as const;
export const CloudWatchStateSchema = z.enum(['ALARM', 'OK', 'INSUFFICIENT_DATA']).transform((state) => STATES[state]);

const TriggerSchema = z.object({
  MetricName: z.string().min(1).max(255),
  Namespace: z.string().min(1).max(255),
  Statistic: z.string().max(40).nullish(),
  Dimensions: z
    .array(z.object({ name: z.string().max(255), value: z.string().max(1024) }))
    .max(30)
    .default([]),
});
const MessageSchema = z.object({
  AlarmName: z.string().min(1),
  NewStateValue: CloudWatchStateSchema,
  NewStateReason: z.string().default(''),
  StateChangeTime: z.string().max(60),
  Trigger: z.unknown().optional(),
});

/** What CloudWatch sends to SNS when an alarm changes its state; null when it is something else. */
export function cloudWatchAlarm(content: unknown, id: string): readonly Alarm[] | null {
  const read = MessageSchema.safeParse(content);
  if (!read.success) return null;
  const { AlarmName, NewStateValue, NewStateReason, StateChangeTime, Trigger } = read.data;
  const trigger = TriggerSchema.safeParse(Trigger); // composite alarms and metric maths name no single metric
  const metric = trigger.success
    ? {
        namespace: trigger.data.Namespace,
        name: trigger.data.MetricName,
        dimensions: Object.fromEntries(trigger.data.Dimensions.map(({ name, value }) => [name, value])),
        stat: statOf(trigger.data.Statistic),
      }
    : null;
  return [alarmOf({ id, name: AlarmName, state: NewStateValue, timestampMs: timeOf(StateChangeTime), resourceId: null, metric, reason: NewStateReason })];
}

/** `AVERAGE` here is `Average` everywhere else. */
const statOf = (given: string | null | undefined): string => (given ? given.charAt(0).toUpperCase() + given.slice(1).toLowerCase() : 'Average').slice(0, 20);
