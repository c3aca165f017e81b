import { describe, expect, it } from 'vitest';
import type { Anomaly } from '../../src/domain/anomaly.ts';
import { explain } from '../../src/domain/explanation.ts';
import { PatternSchema } from '../../src/domain/pattern.ts';
import type { Change, LogLine } from '../../src/domain/signals.ts';
import { analyse } from '../../src/pattern/analyse.ts';
import { describeTrouble } from '../../src/pattern/describe.ts';
import { draftFromIncident } from '../../src/pattern/draft.ts';
import { nearDuplicates } from '../../src/pattern/duplicates.ts';
import { extractFeatures } from '../../src/pattern/features.ts';
import { aPattern, DATABASE } from '../contracts/knowledge.ts';
import { anomaly, incident, MINUTE, plan, resource, T0 } from '../support/make.ts';

const connections = (over: Partial<Anomaly> = {}): Anomaly =>
  anomaly('rds/checkout-db', {
    metric: { namespace: 'AWS/RDS', name: 'DatabaseConnections', dimensions: {}, stat: 'Average' },
    unit: 'Count',
    value: 498,
    severity: 0.9,
    ...over,
  });
const errorLine = (id: string, message: string, over: Partial<LogLine> = {}): LogLine => ({
  id,
  timestampMs: T0,
  group: '/app/checkout',
  resourceId: 'ecs/checkout',
  level: 'error',
  message,
  ...over,
});
const RESOURCES = [resource('rds/checkout-db'), resource('ecs/checkout')];

describe('Describing trouble', () => {
  it('says kinds and metrics, worst first, then the commonest errors, without names of single resources', () => {
    const lines = [1, 2, 3].map((n) => errorLine(`l${n}`, `too many connections for role app${n} from 10.0.0.${n}`));
    const text = describeTrouble([anomaly('ecs/checkout', { severity: 0.4 }), connections()], RESOURCES, lines);
    expect(text).toMatch(/^RDS database DatabaseConnections high\. ECS service CPUUtilization high 97 %\. ECS service log: too many connections/);
    expect(text).not.toContain('checkout');
    expect(text).not.toContain('10.0.0');
  });

  it('says what is missing and what will soon be full', () => {
    const disk = anomaly('ec2/worker-1', {
      metric: { namespace: 'CWAgent', name: 'disk_used_percent', dimensions: {}, stat: 'Average' },
      forecast: { limit: 100, atMs: T0, earliestMs: T0, latestMs: T0 },
    });
    expect(describeTrouble([disk], [], [])).toBe('EC2 instance disk_used_percent high, disk filling up 97 %, soon at its limit');
    expect(describeTrouble([connections({ direction: 'missing', value: null })], [], [])).toBe('RDS database DatabaseConnections no data');
    expect(describeTrouble([], [], [])).toBe('');
  });
});

describe('A draft from an incident', () => {
  const outcome = { result: 'succeeded' as const, atMs: T0 + 20 * MINUTE, detail: explain('x', 'healed'), verified: true, durationMs: 18 * MINUTE };

  it('holds symptoms, causes and what was run with what came of it', () => {
    const draft = draftFromIncident({
      id: 'PAT-100',
      risks: new Map([['restart_service', 'low']]),
      incident: incident({ state: 'resolved', resolvedAtMs: T0 + 20 * MINUTE }),
      anomalies: [connections(), anomaly('ecs/checkout', { severity: 0.3 })],
      plans: [
        plan({ action: 'restart_service', risk: 'critical', outcome: { ...outcome, result: 'failed', verified: false } }),
        plan({ action: 'raise_connection_limit', outcome }),
        plan({ action: 'scale_up', outcome: null }),
      ],
      resources: RESOURCES,
    });
    expect(PatternSchema.parse(draft)).toEqual(draft);
    expect(draft).toMatchObject({
      pattern_id: 'PAT-100',
      category: 'performance',
      title: 'RDS Database Connections High',
      solutions: [
        { action: 'raise_connection_limit', confidence: 0.75 },
        { action: 'restart_service', confidence: 0.2 },
      ],
      metadata: { occurrence_count: 1, last_seen: '2026-03-02', success_rate: 1, avg_resolution_time: '18min' },
    });
    expect(draft.symptoms).toEqual(['RDS DatabaseConnections high, at 498', 'ECS CPUUtilization high, at 97 percent']);
  });

  it('is valid when nothing was measured and nothing was run, and carries no mention on', () => {
    const draft = draftFromIncident({
      id: 'PAT-101',
      incident: incident({ title: 'x <!channel>' }),
      anomalies: [],
      plans: [],
      resources: [],
      risks: new Map(),
    });
    expect(PatternSchema.parse(draft)).toEqual(draft);
    expect(JSON.stringify(draft)).not.toContain('<!');
    expect(draft.solutions).toEqual([]);
  });
});

describe('Analysing collected data', () => {
  it('makes one draft per kind of resource and time, with error lines and the change before as cause', () => {
    const change: Change = {
      id: 'c1',
      timestampMs: T0 - 5 * MINUTE,
      kind: 'deploy',
      source: 'cloudtrail',
      actor: 'ci',
      resourceId: 'ecs/checkout',
      summary: 'checkout 42 deployed',
      details: {},
    };
    let next = 200;
    const drafts = analyse(
      {
        anomalies: [connections(), anomaly('ecs/checkout'), anomaly('ecs/checkout', { id: 'later', startedAtMs: T0 + 120 * MINUTE, severity: 0.1 })],
        logLines: [1, 2].map((n) => errorLine(`l${n}`, `order ${n}000 failed: NullPointerException`)),
        changes: [change],
        resources: RESOURCES,
      },
      () => `PAT-${next++}`,
    );
    expect(drafts.map(({ pattern_id, title }) => [pattern_id, title])).toEqual([
      ['PAT-200', 'RDS Database Connections High'],
      ['PAT-201', 'ECS CPUUtilization High'],
      ['PAT-202', 'ECS CPUUtilization High'],
    ]);
    expect(drafts[1]?.root_causes).toEqual(['A release shortly before: checkout 42 deployed']);
    expect(drafts[1]?.symptoms.join()).toContain('failed: NullPointerException');
    expect(drafts[2]?.root_causes).toEqual([]);
  });

  it('makes nothing of nothing', () => {
    expect(analyse({ anomalies: [], logLines: [], changes: [], resources: [] }, () => 'PAT-1')).toEqual([]);
  });
});

describe('Features and duplicates', () => {
  it('extracts services, metrics and errors', () => {
    const features = extractFeatures(
      aPattern('PAT-001', { symptoms: ['DatabaseConnections at maximum', 'HTTP 503', 'ThrottlingException', 'disk_used_percent high'] }),
    );
    expect(features.services).toContain('ec2');
    expect(features.metrics).toEqual(expect.arrayContaining(['DatabaseConnections', 'disk_used_percent']));
    expect(features.errors).toEqual(expect.arrayContaining(['503', 'ThrottlingException']));
    expect(features.actions).toEqual(['restart_service', 'scale_up']);
  });

  it('offers a near copy for merging and not another problem', () => {
    const copy = aPattern('PAT-050', { description: 'Another description' });
    expect(nearDuplicates(copy, [aPattern('PAT-001'), DATABASE])).toMatchObject([{ patternId: 'PAT-001', likeness: 1 }]);
    expect(nearDuplicates(DATABASE, [aPattern('PAT-001'), DATABASE])).toEqual([]);
    const near = { ...aPattern('PAT-051', { title: 'High CPU on EC2' }), embedding: [1, 0] };
    expect(nearDuplicates(near, [{ ...aPattern('PAT-001'), embedding: [0.99, 0.1] }])).toHaveLength(1);
    expect(nearDuplicates(near, [{ ...DATABASE, embedding: [0, 1] }])).toEqual([]);
  });
});
