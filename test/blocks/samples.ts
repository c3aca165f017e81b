import type { CardOptions } from '../../blocks/card.ts';
import type { HomeData } from '../../blocks/home.ts';
import type { Anomaly } from '../../src/domain/anomaly.ts';
import type { AuditEntry } from '../../src/domain/audit.ts';
import { explain } from '../../src/domain/explanation.ts';
import type { Incident } from '../../src/domain/incident.ts';
import type { Pattern } from '../../src/domain/pattern.ts';
import type { Plan } from '../../src/domain/plan.ts';
import type { Maintenance } from '../../src/domain/quiet.ts';
import type { Analysis } from '../../src/domain/rca.ts';
import type { FeedbackReport } from '../../src/domain/requests.ts';
import type { Switch } from '../../src/domain/store.ts';
import type { QuietView, StatusView, StormView, TopologyView, WeekView } from '../../src/domain/views.ts';
import * as make from '../support/make.ts';

export const NOW_MS = Date.UTC(2026, 10, 24, 3, 12, 0);
const MINUTE = 60_000;
const STARTED_MS = NOW_MS - 11 * MINUTE;

export const options = (locale: CardOptions['locale'] = 'en'): CardOptions => ({ locale, nowMs: NOW_MS, chartFileId: null });

const metric = { namespace: 'AWS/RDS', name: 'DatabaseConnections', dimensions: { DBInstanceIdentifier: 'checkout-db' }, stat: 'Average' };

/** The trouble of these samples, over the plain one that all tests share. */
export const anomaly = (patch: Partial<Anomaly> = {}): Anomaly =>
  make.anomaly('rds/checkout-db', {
    ...{ id: 'anomaly_1', key: 'AWS/RDS/DatabaseConnections{DBInstanceIdentifier=checkout-db}:Average', metric, unit: 'Count' },
    ...{ method: 'baseline', severity: 0.86, value: 498, expected: { low: 110, high: 180 }, startedAtMs: STARTED_MS, lastSeenAtMs: NOW_MS },
    explanation: explain('test.baseline', 'DatabaseConnections is {value}, normally {low} to {high}.', { value: 498, low: 110, high: 180 }),
    incidentId: 'INC-12',
    ...patch,
  });

const pause = (text: string) => explain('test.text', text);

export const analysis: Analysis = {
  atMs: NOW_MS - 8 * MINUTE,
  summary: pause('Connections to checkout-db ran out after the deployment of checkout 4.2.1, which does not give them back.'),
  hypotheses: [
    {
      resourceId: 'ecs/checkout',
      cause: pause('The deployment of checkout 4.2.1 keeps database connections open'),
      kind: 'change',
      confidence: 0.84,
      evidence: [
        {
          dimension: 'change',
          supports: true,
          weight: 0.9,
          statement: pause('checkout 4.2.1 was deployed 3 min before the first error.'),
          source: { type: 'change', changeId: 'c1' },
        },
        {
          dimension: 'resource',
          supports: true,
          weight: 0.7,
          statement: pause('Only checkout calls checkout-db.'),
          source: { type: 'topology', path: ['alb/shop', 'ecs/checkout', 'rds/checkout-db'] },
        },
        {
          dimension: 'time',
          supports: false,
          weight: 0.3,
          statement: pause('Traffic did not grow.'),
          source: { type: 'metric', ref: metric, fromMs: STARTED_MS, toMs: NOW_MS },
        },
        {
          dimension: 'history',
          supports: true,
          weight: 0.5,
          statement: pause('INC-7 looked the same and was solved by a roll-back.'),
          source: { type: 'incident', incidentId: 'INC-7' },
        },
      ],
    },
    { resourceId: 'rds/checkout-db', cause: pause('The connection limit of checkout-db is too low'), kind: 'saturation', confidence: 0.41, evidence: [] },
  ],
  gaps: [{ dimension: 'time', reason: pause('Logs of checkout before 02:50 were not readable.') }],
  solutions: [
    {
      action: 'rollback_deploy',
      targetId: 'ecs/checkout',
      params: {},
      risk: 'high',
      confidence: 0.88,
      score: 0.7,
      patternId: 'PAT-004',
      why: pause('Worked on 7 of 8 occasions.'),
    },
    {
      action: 'raise_connection_limit',
      targetId: 'rds/checkout-db',
      params: { limit: 800 },
      risk: 'high',
      confidence: 0.5,
      score: 0.3,
      patternId: null,
      why: pause('Buys time.'),
    },
  ],
};

export const incident = (patch: Partial<Incident> = {}): Incident =>
  make.incident({
    ...{ id: 'INC-12', state: 'open', title: 'Checkout runs out of database connections', severity: 0.86 },
    resourceIds: ['rds/checkout-db', 'ecs/checkout', 'alb/shop'],
    ...{ openedAtMs: STARTED_MS + 90_000, startedAtMs: STARTED_MS, updatedAtMs: NOW_MS },
    ...patch,
  });

export const analysed = {
  state: 'analysed',
  matches: [
    { patternId: 'PAT-004', title: 'Database connection exhaustion', category: 'availability', similarity: 0.91, why: ['connections', 'exhausted'] },
    { patternId: 'PAT-019', title: 'Connection leak after a deployment', category: 'configuration', similarity: 0.78, why: ['deployment'] },
  ],
  matchedAtMs: NOW_MS,
  analysis,
  runbookSlug: 'database-connection-exhaustion',
} as const satisfies Partial<Incident>;

export const plan = (patch: Partial<Plan> = {}): Plan =>
  make.plan({
    ...{ id: 'PLAN-34', incidentId: 'INC-12', patternId: 'PAT-004', params: { count: 4 } },
    blastRadius: 'All 4 tasks of checkout are replaced one by one; requests go on.',
    why: pause('Rolling back solved this pattern on 7 of 8 occasions.'),
    ...{ digest: 'a3f1'.repeat(16), idempotencyKey: 'PLAN-34:1', requestedBy: { type: 'user', userId: 'U02ALICE' } },
    ...{ createdAtMs: NOW_MS - 4 * MINUTE, updatedAtMs: NOW_MS, expiresAtMs: NOW_MS + 26 * MINUTE, verifyUntilMs: NOW_MS + 6 * MINUTE },
    dryRun: pause('Would set checkout from task definition 42 to 41.'),
    ...patch,
  });

export const approval = { userId: 'U03BOB', atMs: NOW_MS - MINUTE, digest: 'a3f1'.repeat(16), via: 'button' } as const;
export const sent = { planId: 'PLAN-33', action: 'restart_service', targetId: 'ecs/checkout', doing: 'execute' } as const;
export const critical: Partial<Plan> = {
  action: 'delete_volumes',
  targetId: 'ebs/old-backups',
  risk: 'critical',
  reversibility: 'cannot_be_undone',
  approvalsNeeded: 2,
  approvals: [approval],
  blastRadius: 'Three unattached volumes, 1.2 TiB. Nothing reads them.',
};
export const outcome = {
  result: 'succeeded',
  atMs: NOW_MS,
  detail: pause('DatabaseConnections is back to normal.'),
  verified: true,
  durationMs: 14 * MINUTE,
} as const;

export const allPaused: Switch = { scope: 'all', by: { type: 'user', userId: 'U03BOB' }, reason: 'database migration', atMs: NOW_MS };

export const pattern: Pattern = {
  pattern_id: 'PAT-004',
  category: 'availability',
  title: 'Database connection exhaustion',
  description: 'All connections of the database are in use; new requests wait and then fail.',
  symptoms: ['DatabaseConnections near its limit', 'Errors "too many connections"', 'Response time grows'],
  root_causes: ['A service does not give connections back', 'Traffic grew past the limit'],
  solutions: [
    { action: 'rollback_deploy', confidence: 0.88, risk: 'high' },
    { action: 'raise_connection_limit', confidence: 0.5, risk: 'high' },
  ],
  metadata: { occurrence_count: 8, last_seen: '2026-11-02', success_rate: 0.875, avg_resolution_time: '14min' },
};

export const feedbackReport: FeedbackReport = {
  feedback: {
    subject: 'INC-12',
    meaning: 'fix',
    verdict: 'bad',
    userId: 'U02ALICE',
    atMs: NOW_MS,
    comment: null,
    patternId: 'PAT-004',
    action: 'rollback_deploy',
  },
  replaced: null,
  confidence: { patternId: 'PAT-004', action: 'rollback_deploy', before: 0.88, after: 0.8 },
  sensitivity: null,
};

export const status: StatusView = {
  nowMs: NOW_MS,
  lastTickAtMs: NOW_MS - 24_000,
  lastTickMs: 412,
  tickErrors: 1,
  sources: [
    { name: 'CloudWatch metrics', kind: 'metrics', ok: true, lastReadAtMs: NOW_MS, error: null },
    { name: 'CloudTrail', kind: 'changes', ok: false, lastReadAtMs: null, error: 'Access denied: cloudtrail:LookupEvents is missing.' },
  ],
  openIncidents: [incident(analysed), incident({ id: 'INC-13', title: 'Orders queue grows', severity: 0.4, state: 'verifying' })],
  waitingPlans: [plan()],
  paused: [],
  outboxSize: 2,
  series: 184,
  patterns: 62,
};

const row = (seq: number, verb: string, subject: string, actor: AuditEntry['actor'], detail: AuditEntry['detail'] = {}): AuditEntry => ({
  seq,
  atMs: STARTED_MS + seq * MINUTE,
  actor,
  verb,
  subject,
  detail,
  prevHash: 'p',
  hash: 'h',
});
export const story: AuditEntry[] = [
  row(1, 'incident.opened', 'INC-12', { type: 'system', component: 'detect' }),
  row(2, 'incident.analysed', 'INC-12', { type: 'system', component: 'rca' }),
  row(3, 'plan.proposed', 'PLAN-34', { type: 'user', userId: 'U02ALICE' }, { action: 'rollback_deploy', targetId: 'ecs/checkout' }),
  row(4, 'plan.approved', 'PLAN-34', { type: 'user', userId: 'U03BOB' }, { reason: 'looks right' }),
];

const bob = { type: 'user', userId: 'U03BOB' } as const;
export const maintenance: Maintenance = {
  id: 'mw_1',
  service: 'checkout',
  fromMs: NOW_MS + 30 * MINUTE,
  untilMs: NOW_MS + 150 * MINUTE,
  reason: 'new database',
  by: bob,
};
export const quiet: QuietView = {
  silences: [{ resourceId: 'ecs/catalog', untilMs: NOW_MS + 60 * MINUTE, by: bob, reason: 'load test', atMs: NOW_MS }],
  maintenance: [maintenance, { ...maintenance, id: 'mw_2', fromMs: NOW_MS - MINUTE }],
};
export const week: WeekView = {
  fromMs: NOW_MS - 7 * 86_400_000,
  toMs: NOW_MS,
  incidents: 14,
  incidentsBefore: 21,
  silenced: 3,
  healedAlone: 6,
  healedWithPeople: 4,
  recovered: 2,
  falseAlarms: 1,
  stillOpen: 1,
  detectMs: 90_000,
  healMs: 14 * MINUTE,
  noisiest: [{ service: 'checkout', n: 8 }],
  days: Array.from({ length: 14 }, (_, day) => ({ dayMs: NOW_MS - (13 - day) * 86_400_000, healed: day % 4, noise: day % 3 === 0 ? 1 : 0, other: day % 2 })),
  learned: [{ patternId: 'PAT-082', title: 'Orders wait after a deploy' }],
  losing: [{ patternId: 'PAT-004', title: 'Connections run out', before: 0.82, after: 0.61 }],
};
export const storm: StormView = {
  storm: { id: 'STORM-15', service: 'checkout', openedAtMs: STARTED_MS, lastAtMs: NOW_MS, incidentIds: ['INC-15', 'INC-16', 'INC-17'] },
  incidents: [incident({ id: 'INC-15' }), incident({ id: 'INC-16', severity: 0.4 }), incident({ id: 'INC-17', state: 'resolved' })],
  waiting: [plan({ incidentId: 'INC-15' })],
};
export const around: TopologyView = {
  title: 'INC-12',
  nodes: [
    { id: 'alb/shop', layer: 0, state: 'sick' },
    { id: 'ecs/checkout', layer: 1, state: 'cause' },
    { id: 'rds/checkout-db', layer: 2, state: 'well' },
  ],
  edges: [
    { from: 'alb/shop', to: 'ecs/checkout' },
    { from: 'ecs/checkout', to: 'rds/checkout-db' },
  ],
  left: 0,
};
export const home: HomeData = { userId: 'U03BOB', waitingForMe: [], status, quiet, week, preferences: { locale: 'auto', dm: false } };
