import { system, user } from '../../../src/domain/actor.ts';
import type { Anomaly } from '../../../src/domain/anomaly.ts';
import { explain } from '../../../src/domain/explanation.ts';
import type { IncidentDraft } from '../../../src/domain/incident.ts';
import type { MetricPoint, MetricSeries } from '../../../src/domain/metric.ts';
import type { Approval, PlanDraft } from '../../../src/domain/plan.ts';

export const LOOP = system('loop');
export const ANA = user('U1');
export const BO = user('U2');
export const NOON = Date.UTC(2026, 2, 1, 12);
export const MINUTE = 60_000;

export const incidentDraft = (over: Partial<IncidentDraft> = {}): IncidentDraft => ({
  title: 'Checkout is slow',
  severity: 0.8,
  service: 'checkout',
  environment: 'prod',
  resourceIds: ['ecs/checkout', 'alb/shop'],
  openedAtMs: NOON,
  startedAtMs: NOON - 5 * MINUTE,
  anomalyIds: [],
  ...over,
});

export const planDraft = (over: Partial<PlanDraft> = {}): PlanDraft => ({
  incidentId: null,
  patternId: 'PAT-001',
  action: 'failover_database',
  targetId: 'rds/checkout-db',
  params: {},
  risk: 'high',
  reversibility: 'rollback',
  blastRadius: 'A minute without writes.',
  why: explain('why', 'The primary does not answer.'),
  digest: 'd1',
  idempotencyKey: 'key-1',
  requestedBy: LOOP,
  createdAtMs: NOON,
  approvalsNeeded: 1,
  runAtMs: null,
  expiresAtMs: NOON + 30 * MINUTE,
  dryRun: null,
  ...over,
});

export const approval = (userId: string, over: Partial<Approval> = {}): Approval => ({ userId, atMs: NOON + MINUTE, digest: 'd1', via: 'button', ...over });

export const anomaly = (id: string, over: Partial<Anomaly> = {}): Anomaly => ({
  id,
  key: 'AWS/ECS/CPUUtilization{ServiceName=checkout}:Average',
  metric: { namespace: 'AWS/ECS', name: 'CPUUtilization', dimensions: { ServiceName: 'checkout' }, stat: 'Average' },
  resourceId: 'ecs/checkout',
  unit: 'Percent',
  method: 'baseline',
  severity: 0.7,
  direction: 'up',
  value: 97.5,
  expected: { low: 10, high: 40 },
  startedAtMs: NOON,
  lastSeenAtMs: NOON,
  endedAtMs: null,
  explanation: explain('cpu', 'CPU is {value} %.', { value: 97.5 }),
  forecast: null,
  incidentId: null,
  ...over,
});

export const series = (name: string, points: readonly MetricPoint[], over: Partial<MetricSeries> = {}): MetricSeries => ({
  ref: { namespace: 'AWS/EC2', name, dimensions: { InstanceId: 'i-1' }, stat: 'Average' },
  resourceId: 'ec2/worker-1',
  unit: 'Percent',
  periodMs: MINUTE,
  points: [...points],
  ...over,
});

/** Points a minute apart from `fromMs` on. */
export const minutes = (fromMs: number, ...values: readonly number[]): MetricPoint[] =>
  values.map((value, index) => ({ timestampMs: fromMs + index * MINUTE, value }));
