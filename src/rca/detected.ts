import type { Anomaly } from '../domain/anomaly.ts';
import { seriesKey } from '../domain/metric.ts';
import type { Evidence } from '../domain/rca.ts';
import type { Finding } from './finding.ts';
import type { Prepared } from './prepare.ts';
import { kindOf } from './saturation.ts';
import { readingOf } from './signals.ts';

const HOUR_MS = 3_600_000;

/**
 * What the detector found, for the cases that a before-and-since comparison does not see: forecasts, alarms of others, log
 * bursts, and metrics that were not handed over.
 */
export function detected(prepared: Prepared): readonly Finding[] {
  const { context, steps } = prepared;
  const measured = new Set(context.series.map((series) => seriesKey(series.ref)));
  return context.anomalies
    .filter((anomaly) => steps.has(anomaly.resourceId) && (!measured.has(anomaly.key) || anomaly.method === 'prediction' || anomaly.method === 'alarm'))
    .filter((anomaly) => anomaly.endedAtMs === null || anomaly.endedAtMs >= context.subject.startedAtMs)
    .map((anomaly) => fromAnomaly(prepared, anomaly));
}

function fromAnomaly(prepared: Prepared, anomaly: Anomaly): Finding {
  const { subject } = prepared.context;
  const reading = anomaly.metric === null ? null : readingOf(anomaly.metric);
  const strength = 0.6 * anomaly.severity * (0.4 + 0.6 * (reading?.causal ?? 0.3));
  const source: Evidence['source'] =
    anomaly.metric === null
      ? { type: 'logs', group: anomaly.key.slice(0, 500), examples: [], count: 1 }
      : { type: 'metric', ref: anomaly.metric, fromMs: subject.startedAtMs - HOUR_MS, toMs: subject.nowMs };
  return {
    resourceId: anomaly.resourceId,
    kind: anomaly.metric === null || reading === null ? 'errors' : kindOf(anomaly.metric, reading.role, anomaly.method === 'prediction'),
    strength,
    evidence: [{ dimension: 'resource', supports: true, weight: strength, statement: anomaly.explanation, source }],
  };
}
