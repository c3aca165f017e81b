import { z } from 'zod';

/** Names one time series, as CloudWatch does. */
export const MetricRefSchema = z.object({
  namespace: z.string().min(1).max(255),
  name: z.string().min(1).max(255),
  dimensions: z.record(z.string(), z.string()),
  stat: z.string().min(1).max(20), // Average, Sum, Maximum, p99, …
});
export type MetricRef = z.infer<typeof MetricRefSchema>;

export const MetricPointSchema = z.object({ timestampMs: z.number().int(), value: z.number() });
export type MetricPoint = z.infer<typeof MetricPointSchema>;

/** Points of one series in ascending time; `unit` as CloudWatch writes it (Percent, Count, Milliseconds, Bytes, None). */
export const MetricSeriesSchema = z.object({
  ref: MetricRefSchema,
  resourceId: z.string().min(1).max(300),
  unit: z.string().max(40),
  periodMs: z.number().int().positive(),
  points: z.array(MetricPointSchema),
});
export type MetricSeries = z.infer<typeof MetricSeriesSchema>;

/** One canonical text per series: the key of detector state, sensitivity and watermarks. */
export function seriesKey(ref: MetricRef): string {
  const dimensions = Object.entries(ref.dimensions)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`)
    .join(',');
  return `${ref.namespace}/${ref.name}{${dimensions}}:${ref.stat}`;
}
