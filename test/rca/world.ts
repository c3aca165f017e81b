import type { Anomaly } from '../../src/domain/anomaly.ts';
import { explain } from '../../src/domain/explanation.ts';
import type { Incident } from '../../src/domain/incident.ts';
import { type MetricSeries, seriesKey } from '../../src/domain/metric.ts';
import type { Dependency, Resource } from '../../src/domain/resource.ts';
import type { Change, LogLine } from '../../src/domain/signals.ts';
import type { RcaContext } from '../../src/rca/context.ts';
import * as make from '../support/make.ts';

export const MINUTE = 60_000;
export const START = Date.UTC(2026, 4, 4, 12, 0);
export const NOW = START + 10 * MINUTE;
const BEFORE_MIN = 240;

/** Small waves that repeat, so that every series has a band of its own. */
function wave(minute: number, salt: number): number {
  return Math.sin(minute * 0.37 + salt) * 0.6 + Math.sin(minute * 1.91 + salt * 3) * 0.4;
}

let salt = 0;
/** A series with `usual` ± 3 % before START, and what `since` says after it; `since` gets minutes since START, also negative ones. */
export function series(
  resourceId: string,
  name: string,
  usual: number,
  since: (minute: number) => number = () => usual,
  more: { namespace?: string; stat?: string; unit?: string; dimensions?: Record<string, string> } = {},
): MetricSeries {
  salt += 1;
  const own = salt;
  const points = Array.from({ length: BEFORE_MIN + 11 }, (_, index) => {
    const minute = index - BEFORE_MIN;
    const level = minute < -60 ? usual : since(minute);
    return { timestampMs: START + minute * MINUTE, value: level * (1 + 0.03 * wave(minute, own)) };
  });
  const ref = { namespace: more.namespace ?? 'Test', name, dimensions: { id: resourceId, ...more.dimensions }, stat: more.stat ?? 'Average' };
  return { ref, resourceId, unit: more.unit ?? 'None', periodMs: MINUTE, points };
}

/** `usual` until START, then `after`. */
export const jump =
  (usual: number, after: number, atMinute = 0) =>
  (minute: number): number =>
    minute >= atMinute ? after : usual;

export const resource = (id: string, more: Partial<Resource> = {}): Resource => make.resource(id, { environment: null, ...more });

export const calls = (from: string, to: string): Dependency => ({ from, to, kind: 'calls' });

export function change(id: string, minutesBefore: number, resourceId: string | null, more: Partial<Change> = {}): Change {
  return {
    id,
    timestampMs: START - minutesBefore * MINUTE,
    kind: 'deploy',
    source: 'cloudtrail',
    actor: 'ana',
    resourceId,
    summary: `Deployed ${resourceId}`,
    details: {},
    ...more,
  };
}

export function logLine(id: string, minute: number, resourceId: string, message: string, level: LogLine['level'] = 'error'): LogLine {
  return { id, timestampMs: START + minute * MINUTE, group: `/app/${resourceId}`, resourceId, level, message };
}

export const anomalyOf = (item: MetricSeries, more: Partial<Anomaly> = {}): Anomaly =>
  make.anomaly(item.resourceId, {
    ...{ id: `a-${seriesKey(item.ref)}`, key: seriesKey(item.ref), metric: item.ref, unit: item.unit, method: 'baseline' },
    ...{ value: item.points.at(-1)?.value ?? null, expected: null, startedAtMs: START, lastSeenAtMs: NOW, incidentId: 'INC-1' },
    explanation: explain('test', `${item.ref.name} of ${item.resourceId} is out of line.`),
    ...more,
  });

export const incident = (more: Partial<Incident> = {}): Incident =>
  make.incident({
    ...{ state: 'open', title: 'Checkout is slow', resourceIds: ['alb/shop'] },
    ...{ openedAtMs: START + MINUTE, startedAtMs: START, updatedAtMs: START + MINUTE },
    ...more,
  });

export function context(more: Partial<RcaContext> = {}): RcaContext {
  return {
    incident: incident(),
    subject: { resourceIds: ['alb/shop'], startedAtMs: START, nowMs: NOW },
    anomalies: [],
    series: [],
    changes: [],
    logs: [],
    topology: { resources: [], dependencies: [] },
    matches: [],
    patterns: [],
    pastIncidents: [],
    posterior: () => null,
    gaps: [],
    actions: [],
    ...more,
  };
}

const SHOP = ['alb/shop', 'ecs/web', 'ecs/checkout', 'ecs/search', 'rds/checkout-db', 'elasticache/session-cache'];
export const SHOP_TOPOLOGY = {
  resources: SHOP.map((id) => resource(id)),
  dependencies: [
    calls('alb/shop', 'ecs/web'),
    calls('ecs/web', 'ecs/checkout'),
    calls('ecs/web', 'ecs/search'),
    calls('ecs/web', 'elasticache/session-cache'),
    calls('ecs/checkout', 'rds/checkout-db'),
  ],
};

/** Metrics of the shop, all as usual; `changed` replaces those with the same resource and name. */
export function shopSeries(changed: readonly MetricSeries[] = []): readonly MetricSeries[] {
  const usual = [
    ...(['alb/shop', 'ecs/web', 'ecs/checkout', 'ecs/search'] as const).flatMap((id, index) => [
      series(id, 'RequestCount', 1000 / (1 + index), undefined, { stat: 'Sum', unit: 'Count' }),
      series(id, 'TargetResponseTime', 0.1 / (1 + index), undefined, { unit: 'Seconds' }),
      series(id, 'HTTPCode_Target_5XX_Count', 1, undefined, { stat: 'Sum', unit: 'Count' }),
    ]),
    ...SHOP.slice(1).map((id) => series(id, 'CPUUtilization', 35, undefined, { unit: 'Percent' })),
    series('ecs/checkout', 'MemoryUtilization', 45, undefined, { unit: 'Percent' }),
    series('rds/checkout-db', 'DatabaseConnections', 80, undefined, { unit: 'Count' }),
  ];
  const replaced = new Set(changed.map((item) => `${item.resourceId} ${item.ref.name}`));
  return [...usual.filter((item) => !replaced.has(`${item.resourceId} ${item.ref.name}`)), ...changed];
}
