import type { Anomaly } from '../../src/domain/anomaly.ts';
import { explain } from '../../src/domain/explanation.ts';
import type { Incident } from '../../src/domain/incident.ts';
import type { MetricRef, MetricSeries } from '../../src/domain/metric.ts';
import type { Plan } from '../../src/domain/plan.ts';
import { type Policy, PolicySchema } from '../../src/domain/policy.ts';
import type { Directory, Person } from '../../src/domain/ports.ts';
import type { Resource } from '../../src/domain/resource.ts';

export const T0 = Date.UTC(2026, 2, 2, 9, 0);
export const MINUTE = 60_000;

export const resource = (id: string, over: Partial<Resource> = {}): Resource => ({
  id,
  kind: id.split('/')[0] ?? 'ecs',
  name: id.split('/')[1] ?? id,
  service: null,
  environment: 'prod',
  zone: null,
  tags: {},
  ...over,
});

export const cpuOf = (resourceId: string): MetricRef => ({ namespace: 'AWS/ECS', name: 'CPUUtilization', dimensions: { id: resourceId }, stat: 'Average' });

export const anomaly = (resourceId: string, over: Partial<Anomaly> = {}): Anomaly => ({
  id: `anomaly-${resourceId}`,
  key: `AWS/ECS/CPUUtilization{id=${resourceId}}:Average`,
  metric: cpuOf(resourceId),
  resourceId,
  unit: 'Percent',
  method: 'threshold',
  severity: 0.8,
  direction: 'up',
  value: 97,
  expected: { low: 10, high: 50 },
  startedAtMs: T0,
  lastSeenAtMs: T0,
  endedAtMs: null,
  explanation: explain('test', 'too high'),
  forecast: null,
  incidentId: null,
  ...over,
});

export const incident = (over: Partial<Incident> = {}): Incident => ({
  id: 'INC-1',
  state: 'planned',
  title: 'ecs/checkout: CPUUtilization high',
  severity: 0.8,
  service: 'checkout',
  environment: 'prod',
  resourceIds: ['ecs/checkout'],
  openedAtMs: T0,
  startedAtMs: T0,
  updatedAtMs: T0,
  resolvedAtMs: null,
  resolution: null,
  acknowledgedBy: null,
  matches: [],
  matchedAtMs: null,
  knowledgeSource: null,
  analysis: null,
  runbookSlug: null,
  failedStage: null,
  ...over,
});

export const plan = (over: Partial<Plan> = {}): Plan => ({
  id: 'PLAN-1',
  state: 'awaiting_approval',
  incidentId: 'INC-1',
  patternId: null,
  action: 'rollback_deploy',
  targetId: 'ecs/checkout',
  params: {},
  risk: 'high',
  reversibility: 'rollback',
  blastRadius: 'ecs/checkout',
  why: explain('test', 'because'),
  digest: 'digest-one',
  idempotencyKey: 'run-1',
  requestedBy: { type: 'system', component: 'loop' },
  createdAtMs: T0,
  updatedAtMs: T0,
  approvalsNeeded: 1,
  approvals: [],
  runAtMs: null,
  expiresAtMs: T0 + 30 * MINUTE,
  endedBy: null,
  dryRun: null,
  receipt: null,
  executedAtMs: null,
  verifyAfterMs: null,
  verifyUntilMs: null,
  outcome: null,
  learnedAtMs: null,
  ...over,
});

export const series = (resourceId: string, values: readonly number[], fromMs = T0): MetricSeries => ({
  ref: cpuOf(resourceId),
  resourceId,
  unit: 'Percent',
  periodMs: MINUTE,
  points: values.map((value, index) => ({ timestampMs: fromMs + (index + 1) * MINUTE, value })),
});

export const policy = (over: Partial<Policy> = {}): Policy => ({ ...PolicySchema.parse({}), ...over });

/** A directory of people and groups in memory; `down` makes it refuse, as Slack does when it is away. */
export function directoryOf(people: readonly Person[], groups: Readonly<Record<string, readonly string[]>> = {}): Directory & { down: boolean } {
  const directory = {
    down: false,
    async person(userId: string) {
      if (directory.down) throw new Error('Slack is away');
      return people.find((person) => person.id === userId) ?? null;
    },
    async groupMembers(groupId: string) {
      if (directory.down) throw new Error('Slack is away');
      return groups[groupId] ?? [];
    },
  };
  return directory;
}

export const person = (id: string, over: Partial<Person> = {}): Person => ({
  id,
  name: id,
  locale: 'en',
  timeZone: 'UTC',
  isBot: false,
  deactivated: false,
  ...over,
});
