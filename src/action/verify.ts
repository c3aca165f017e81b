import type { Anomaly } from '../domain/anomaly.ts';
import type { MetricSeries } from '../domain/metric.ts';
import { seriesKey } from '../domain/metric.ts';
import type { Plan } from '../domain/plan.ts';

/** What verification says of a plan that has run. */
export type Verification =
  | { readonly kind: 'settling' } // too early to look
  | { readonly kind: 'waiting'; readonly still: readonly string[] } // these keys are not back to normal yet
  | { readonly kind: 'healed' }
  | { readonly kind: 'not_healed'; readonly still: readonly string[] };

const CALM_POINTS = 2; // so many points in a row within what is expected
const SLACK = 0.1; // of the width of the expected range

/** An anomaly is over when detection ended it, or its latest points are back in the range expected when it began. */
function isOver(anomaly: Anomaly, series: MetricSeries | undefined, afterMs: number): boolean {
  if (anomaly.endedAtMs !== null) return true;
  if (series === undefined) return false;
  const points = series.points.filter((point) => point.timestampMs > afterMs).slice(-CALM_POINTS);
  if (points.length < CALM_POINTS) return false;
  if (anomaly.direction === 'missing') return true;
  const { expected } = anomaly;
  if (expected === null) return false;
  const slack = (expected.high - expected.low) * SLACK;
  // What was too high has come down, what was too low has come up; beyond the other bound it is another story.
  const over = anomaly.direction !== 'down' && points.some((point) => point.value > expected.high + slack);
  const under = anomaly.direction !== 'up' && points.some((point) => point.value < expected.low - slack);
  return !over && !under;
}

/**
 * Whether the metrics that alarmed came back to normal after the action ran. `series` by seriesKey, points after the execution.
 * An incident without any anomaly left to look at is not called healed before the time is over.
 */
export function verify(plan: Plan, anomalies: readonly Anomaly[], series: ReadonlyMap<string, MetricSeries>, nowMs: number): Verification {
  const { executedAtMs, verifyAfterMs, verifyUntilMs } = plan;
  if (executedAtMs === null || verifyAfterMs === null || verifyUntilMs === null) return { kind: 'not_healed', still: [] };
  if (nowMs < verifyAfterMs) return { kind: 'settling' };
  const still = anomalies.filter((anomaly) => !isOver(anomaly, anomaly.metric === null ? undefined : series.get(seriesKey(anomaly.metric)), executedAtMs));
  if (still.length === 0 && anomalies.length > 0) return { kind: 'healed' };
  const keys = still.map((anomaly) => anomaly.key);
  return nowMs < verifyUntilMs ? { kind: 'waiting', still: keys } : { kind: 'not_healed', still: keys };
}
