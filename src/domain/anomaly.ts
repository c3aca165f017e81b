import { z } from 'zod';
import { ExplanationSchema } from './explanation.ts';
import { MetricRefSchema } from './metric.ts';

export const DETECTION_METHODS = ['threshold', 'baseline', 'timeseries', 'correlation', 'prediction', 'alarm', 'log'] as const;

/** One episode in which one series (or alarm, or log template) was not as it should be. */
export const AnomalySchema = z.object({
  id: z.string().min(1).max(64),
  key: z.string().min(1).max(1500), // seriesKey, `alarm:<name>` or `log:<template>`
  metric: MetricRefSchema.nullable(),
  resourceId: z.string().min(1).max(300),
  unit: z.string().max(40),
  method: z.enum(DETECTION_METHODS),
  severity: z.number().min(0).max(1), // the highest so far in this episode
  direction: z.enum(['up', 'down', 'flat', 'missing']),
  value: z.number().nullable(), // the latest; null when data is missing
  expected: z.object({ low: z.number(), high: z.number() }).nullable(),
  startedAtMs: z.number().int(), // first point out of line, not the moment of the page
  lastSeenAtMs: z.number().int(),
  endedAtMs: z.number().int().nullable(),
  explanation: ExplanationSchema,
  forecast: z.object({ limit: z.number(), atMs: z.number().int(), earliestMs: z.number().int(), latestMs: z.number().int() }).nullable(),
  incidentId: z.string().nullable(),
});
export type Anomaly = z.infer<typeof AnomalySchema>;
