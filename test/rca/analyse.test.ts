import { describe, expect, it } from 'vitest';
import { CATALOGUE } from '../../src/action/catalogue/index.ts';
import { AnalysisSchema } from '../../src/domain/rca.ts';
import type { RcaContext } from '../../src/rca/context.ts';
import { analyse } from '../../src/rca/rank.ts';
import { anomalyOf, calls, change, context, incident, jump, logLine, MINUTE, NOW, resource, SHOP_TOPOLOGY, START, series, shopSeries } from './world.ts';

const latency = (id: string, usual: number, after: number) => series(id, 'TargetResponseTime', usual, jump(usual, after), { unit: 'Seconds' });
const SLOW = [latency('alb/shop', 0.1, 0.4), latency('ecs/web', 0.05, 0.35), latency('ecs/checkout', 0.033, 0.9)];
const percent = { unit: 'Percent' };

function shop(more: Partial<RcaContext>): RcaContext {
  return context({ topology: SHOP_TOPOLOGY, actions: CATALOGUE, ...more });
}

function top(given: RcaContext) {
  const analysis = AnalysisSchema.parse(analyse(given));
  const [first] = analysis.hypotheses;
  const [solution] = analysis.solutions;
  return { analysis, first, cause: `${first?.resourceId} ${first?.kind}`, fix: `${solution?.action} ${solution?.targetId}` };
}

describe('what the cause is', () => {
  it('names nothing when everything is as usual, and says so', () => {
    const { analysis } = top(shop({ series: shopSeries() }));
    expect(analysis.hypotheses).toEqual([]);
    expect(analysis.solutions).toEqual([]);
    expect(analysis.summary.code).toBe('rca.summary.nothing');
  });

  it('finds the service that leaks memory behind a slow load balancer, and restarts it', () => {
    const leak = series('ecs/checkout', 'MemoryUtilization', 45, (minute) => (minute < -20 ? 45 : 45 + (minute + 20) * 1.7), percent);
    const found = top(shop({ series: shopSeries([...SLOW, leak]) }));
    expect(found.cause).toBe('ecs/checkout leak');
    expect(found.fix).toBe('restart_service ecs/checkout');
    expect(found.first?.confidence).toBeGreaterThan(0.7);
    expect(found.first?.evidence.some((item) => item.source.type === 'metric' && item.source.ref.name === 'MemoryUtilization')).toBe(true);
  });

  it('blames the deploy minutes before on the resource that is slow, and rolls it back', () => {
    const found = top(shop({ series: shopSeries(SLOW), changes: [change('c1', 4, 'ecs/checkout')] }));
    expect(found.cause).toBe('ecs/checkout deploy');
    expect(found.fix).toBe('rollback_deploy ecs/checkout');
    expect(found.first?.evidence.some((item) => item.source.type === 'change' && item.source.changeId === 'c1')).toBe(true);
  });

  it('lets a deploy go free whose own metrics did not move', () => {
    const found = top(shop({ series: shopSeries(SLOW), changes: [change('c1', 3, 'ecs/search')] }));
    expect(found.first?.resourceId).toBe('ecs/checkout');
    expect(found.analysis.hypotheses.map((hypothesis) => hypothesis.resourceId)).not.toContain('ecs/search');
  });

  it('lets a deploy on a victim go free when the database under it is short of CPU', () => {
    const cpu = series('rds/checkout-db', 'CPUUtilization', 35, jump(35, 97, -2), percent);
    const found = top(shop({ series: shopSeries([...SLOW, cpu]), changes: [change('c1', 4, 'ecs/checkout')] }));
    expect(found.cause).toBe('rds/checkout-db cpu');
    expect(found.fix).toBe('reboot_database rds/checkout-db');
  });

  it('holds a deploy that came after the trouble against the deploy', () => {
    const found = top(shop({ series: shopSeries(SLOW), changes: [change('late', -6, 'ecs/checkout')] }));
    expect(found.cause).toBe('ecs/checkout latency');
    const counter = found.first?.evidence.find((item) => item.source.type === 'change');
    expect(counter).toMatchObject({ supports: false, statement: { code: 'rca.evidence.change_too_late' } });
  });

  it('follows failing requests down to a database that runs out of connections', () => {
    const failing = ['alb/shop', 'ecs/web', 'ecs/checkout'].map((id) =>
      series(id, 'HTTPCode_Target_5XX_Count', 1, jump(1, 80), { stat: 'Sum', unit: 'Count' }),
    );
    const connections = series('rds/checkout-db', 'DatabaseConnections', 80, jump(80, 200, -3), { unit: 'Count' });
    const found = top(shop({ series: shopSeries([...failing, connections]) }));
    expect(found.cause).toBe('rds/checkout-db connections');
    expect(found.fix).toBe('raise_connection_limit rds/checkout-db');
    expect(found.analysis.solutions[0]?.params).toEqual({ limit: 500 });
  });

  it('takes the load of a campaign for what it is, not for a sick processor', () => {
    const surge = series('ecs/checkout', 'RequestCount', 333, jump(333, 900), { stat: 'Sum', unit: 'Count' });
    const cpu = series('ecs/checkout', 'CPUUtilization', 35, jump(35, 96), percent);
    const found = top(shop({ series: shopSeries([...SLOW, surge, cpu]) }));
    expect(found.cause).toBe('ecs/checkout traffic');
    expect(found.fix).toBe('scale_out ecs/checkout');
  });

  it('finds the cache that misses behind a database that is busy because of it', () => {
    const topology = { resources: SHOP_TOPOLOGY.resources, dependencies: [...SHOP_TOPOLOGY.dependencies, calls('ecs/checkout', 'elasticache/session-cache')] };
    const hits = series('elasticache/session-cache', 'CacheHitRate', 94, jump(94, 40), percent);
    const cpu = series('rds/checkout-db', 'CPUUtilization', 35, jump(35, 85), percent);
    const subject = { resourceIds: ['rds/checkout-db', 'alb/shop'], startedAtMs: START, nowMs: NOW };
    const found = top(shop({ topology, subject, series: shopSeries([hits, cpu]) }));
    expect(found.cause).toBe('elasticache/session-cache cache');
    expect(found.fix).toBe('clear_cache elasticache/session-cache');
  });

  it('finds the consumer that hangs before a queue that grows', () => {
    const topology = {
      resources: [resource('sqs/images'), resource('ec2/worker-1'), resource('ec2/worker-2')],
      dependencies: [calls('sqs/images', 'ec2/worker-1'), calls('sqs/images', 'ec2/worker-2')],
    };
    const given = [
      series('sqs/images', 'ApproximateNumberOfMessagesVisible', 3, jump(3, 600), { unit: 'Count' }),
      series('ec2/worker-1', 'CPUUtilization', 40, undefined, percent),
      series('ec2/worker-2', 'CPUUtilization', 40, jump(40, 2), percent),
    ];
    const found = top(shop({ topology, subject: { resourceIds: ['sqs/images'], startedAtMs: START, nowMs: NOW }, series: given }));
    expect(found.cause).toBe('ec2/worker-2 stuck');
    expect(found.fix).toBe('restart_service ec2/worker-2');
  });

  it('tells a sick zone from a sick service by the metrics of each zone', () => {
    const zones = ['a', 'b', 'c'].map((zone) =>
      series('alb/shop', 'HTTPCode_Target_5XX_Count', 1, jump(1, zone === 'b' ? 90 : 1), { stat: 'Sum', dimensions: { AvailabilityZone: `eu-${zone}` } }),
    );
    const all = series('alb/shop', 'HTTPCode_Target_5XX_Count', 3, jump(3, 92), { stat: 'Sum' });
    const usual = shopSeries().filter((item) => item.ref.name !== 'HTTPCode_Target_5XX_Count');
    const found = top(shop({ series: [...usual, all, ...zones] }));
    expect(found.cause).toBe('alb/shop zone');
    expect(found.fix).toBe('leave_zone alb/shop');
  });

  it('does not name everything when all metrics moved at once', () => {
    const moved = shopSeries().map((item) => ({
      ...item,
      points: item.points.map((point) => (point.timestampMs >= START ? { ...point, value: point.value * 3 } : point)),
    }));
    const { analysis } = top(shop({ series: moved }));
    expect(analysis.hypotheses.filter((hypothesis) => hypothesis.confidence > 0.8).length).toBeLessThanOrEqual(1);
  });

  it('goes by what the detector saw where the metrics themselves were not handed over', () => {
    const disk = series('ec2/worker-1', 'disk_used_percent', 50, undefined, percent);
    const forecast = anomalyOf(disk, { method: 'prediction', severity: 0.9 });
    const topology = { resources: [resource('ec2/worker-1')], dependencies: [] };
    const found = top(shop({ topology, subject: { resourceIds: ['ec2/worker-1'], startedAtMs: START, nowMs: NOW }, anomalies: [forecast] }));
    expect(found.cause).toBe('ec2/worker-1 disk');
    expect(found.fix).toBe('clear_logs ec2/worker-1');
  });
});

describe('what backs a cause', () => {
  const base = { series: shopSeries(SLOW) };

  it('counts new error lines of the resource for it, with examples', () => {
    const logs = Array.from({ length: 40 }, (_, index) => logLine(`l${index}`, index / 10, 'ecs/checkout', `timeout after ${index} ms calling payments`));
    const without = top(shop(base)).first;
    const found = top(shop({ ...base, logs })).first;
    expect(found?.confidence).toBeGreaterThan(without?.confidence ?? 1);
    const evidence = found?.evidence.find((item) => item.source.type === 'logs');
    expect(evidence?.source).toMatchObject({ count: 40, group: '/app/ecs/checkout' });
    expect(evidence?.source.type === 'logs' ? evidence.source.examples.length : 0).toBe(3);
  });

  it('counts a past incident whose fix was verified for its cause, and a false alarm against it', () => {
    const first = top(shop(base)).analysis.hypotheses;
    const analysed = { atMs: START, hypotheses: first, gaps: [], solutions: [], summary: { code: 'x', params: {}, text: 'x' } };
    const earlier = incident({ id: 'INC-0', openedAtMs: START - 86_400_000, analysis: analysed });
    const again = top(shop({ ...base, pastIncidents: [{ incident: { ...earlier, resolution: 'fixed' }, plans: [] }] }));
    expect(again.first?.evidence.map((item) => item.statement.code)).toContain('rca.evidence.past_similar');
    const alarm = top(shop({ ...base, pastIncidents: [{ incident: { ...earlier, resolution: 'false_alarm' }, plans: [] }] }));
    expect(alarm.first?.evidence.find((item) => item.source.type === 'incident')?.supports).toBe(false);
    expect(alarm.first?.confidence).toBeLessThan(again.first?.confidence ?? 0);
  });

  it('says what it could not look at', () => {
    const { analysis } = top(context());
    expect(analysis.gaps.map((gap) => gap.reason.code)).toEqual(
      expect.arrayContaining(['rca.gap.no_topology', 'rca.gap.no_metrics', 'rca.gap.no_changes', 'rca.gap.no_history']),
    );
    const blind = top(shop({ series: shopSeries().filter((item) => !item.resourceId.startsWith('rds/')) })).analysis;
    expect(blind.gaps.find((gap) => gap.reason.code === 'rca.gap.blind')?.reason.text).toContain('rds/checkout-db');
  });

  it('dates the movement that came first before the symptom', () => {
    const cpu = series('rds/checkout-db', 'CPUUtilization', 35, jump(35, 97, -5), percent);
    const found = top(shop({ series: shopSeries([...SLOW, cpu]) }));
    const lead = found.first?.evidence.find((item) => item.statement.code === 'rca.evidence.moved_first');
    expect(lead?.statement.params['lead']).toBe('5 min');
    expect(lead?.source).toMatchObject({ type: 'metric', fromMs: START - 60 * MINUTE, toMs: NOW });
  });
});
