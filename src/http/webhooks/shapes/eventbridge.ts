import { z } from 'zod';
import type { MetricRef } from '../../../domain/metric.ts';
import type { Alarm } from '../../../domain/signals.ts';
import { CloudWatchStateSchema } from './cloudwatch.ts';
import { alarmOf, timeOf } from './shape.ts';

const MetricStatSchema = z.object({
  stat: z.string().min(1).max(20),
  metric: z.object({ namespace: z.string().min(1).max(255), name: z.string().min(1).max(255), dimensions: z.record(z.string(), z.string()).default({}) }),
});
export const EventBridgeSchema = z.object({
  id: z.string().min(1).max(200),
  'detail-type': z.string().min(1).max(200),
  time: z.string().max(60),
  detail: z.record(z.string(), z.unknown()),
});
const DetailSchema = z.object({
  alarmName: z.string().min(1),
  state: z.object({ value: CloudWatchStateSchema, reason: z.string().default(''), timestamp: z.string().max(60).optional() }),
  configuration: z
    .object({
      metrics: z
        .array(z.object({ metricStat: z.unknown().optional() }))
        .max(100)
        .default([]),
    })
    .optional(),
});

/** An EventBridge event (API destination, or sent on by SNS). Alarm state changes give one alarm, other events none; null: no event at all. */
export function eventBridgeAlarms(content: unknown): readonly Alarm[] | null {
  const event = EventBridgeSchema.safeParse(content);
  if (!event.success) return null;
  const { id, time, detail } = event.data;
  const read = event.data['detail-type'] === 'CloudWatch Alarm State Change' ? DetailSchema.safeParse(detail) : null;
  if (read === null || !read.success) return [];
  const { alarmName, state, configuration } = read.data;
  return [
    alarmOf({
      id: `event:${id}`,
      name: alarmName,
      state: state.value,
      timestampMs: timeOf(state.timestamp ?? time),
      resourceId: null,
      metric: onlyMetric(configuration?.metrics ?? []),
      reason: state.reason,
    }),
  ];
}

/** The metric an alarm watches, when it is a single one. */
function onlyMetric(metrics: readonly { readonly metricStat?: unknown }[]): MetricRef | null {
  const read = metrics.flatMap(({ metricStat }) => {
    const found = MetricStatSchema.safeParse(metricStat);
    return found.success ? [found.data] : [];
  });
  const [only, ...more] = read;
  return only === undefined || more.length > 0 ? null : { ...only.metric, stat: only.stat };
}
