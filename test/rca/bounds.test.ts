import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CATALOGUE } from '../../src/action/catalogue/index.ts';
import { OpsError } from '../../src/domain/errors.ts';
import { AnalysisSchema } from '../../src/domain/rca.ts';
import { boundContext, RCA_LIMITS, type RcaContext } from '../../src/rca/context.ts';
import { analyse, analyseStepwise } from '../../src/rca/rank.ts';
import { calls, change, context, jump, logLine, NOW, resource, SHOP_TOPOLOGY, START, series, shopSeries } from './world.ts';

const BROKEN = series('ecs/checkout', 'CPUUtilization', 35, jump(35, 97), { unit: 'Percent' });

/** 200 metrics of 40 services in a row, 50,000 log lines and 500 changes. */
function large(): RcaContext {
  const ids = Array.from({ length: 40 }, (_, index) => `ecs/s${index}`);
  const five = (id: string, index: number) => [
    series(id, 'RequestCount', 900, undefined, { stat: 'Sum' }),
    series(id, 'TargetResponseTime', 0.2, jump(0.2, index < 30 ? 0.8 : 0.2), { unit: 'Seconds' }),
    series(id, 'HTTPCode_Target_5XX_Count', 1, undefined, { stat: 'Sum' }),
    series(id, 'CPUUtilization', 30, jump(30, index === 29 ? 96 : 30), { unit: 'Percent' }),
    series(id, 'MemoryUtilization', 50, undefined, { unit: 'Percent' }),
  ];
  return context({
    subject: { resourceIds: ids.slice(0, 5), startedAtMs: START, nowMs: NOW },
    topology: { resources: ids.map((id) => resource(id)), dependencies: ids.slice(1).map((id, index) => calls(ids[index] ?? '', id)) },
    series: ids.flatMap(five),
    logs: Array.from({ length: 50_000 }, (_, index) =>
      logLine(`l${index}`, (index % 60) - 30, ids[index % 40] ?? '', `request ${index} failed after ${index % 977} ms: upstream "s${index % 40}" said 503`),
    ),
    changes: Array.from({ length: 500 }, (_, index) => change(`c${index}`, index, ids[index % 40] ?? null)),
    actions: CATALOGUE,
  });
}

describe('limits', () => {
  it('analyses 200 metrics, 50,000 log lines and 500 changes in well under five seconds', () => {
    const given = large();
    expect(given.series.length).toBe(200);
    const began = performance.now();
    const analysis = analyse(given);
    expect(performance.now() - began).toBeLessThan(5000);
    expect(analysis.hypotheses[0]?.resourceId).toBe('ecs/s29');
  });

  it('cuts what is over the limits, keeps what is nearest to the trouble, and says so', () => {
    const changes = Array.from({ length: 5000 }, (_, index) => change(`c${index}`, index, 'ecs/search'));
    const near = change('near', 1, 'ecs/checkout', { kind: 'config' });
    const bounded = boundContext(context({ topology: SHOP_TOPOLOGY, changes: [...changes, near] }));
    expect(bounded.changes.length).toBe(RCA_LIMITS.changes);
    expect(bounded.changes.map((item) => item.id)).toContain('near');
    expect(bounded.gaps[0]?.reason.text).toBe(`Only 500 of 5001 changes were looked at.`);
  });

  it('makes a few suspects out of a storm of changes', () => {
    const changes = Array.from({ length: 5000 }, (_, index) => change(`c${index}`, index / 100, index % 2 === 0 ? 'ecs/checkout' : null));
    const analysis = analyse(
      context({ topology: SHOP_TOPOLOGY, series: shopSeries([BROKEN]), changes, subject: { resourceIds: ['ecs/checkout'], startedAtMs: START, nowMs: NOW } }),
    );
    expect(AnalysisSchema.parse(analysis).hypotheses[0]?.evidence.filter((item) => item.source.type === 'change').length).toBeLessThanOrEqual(2);
  });

  it('ends in a topology of cycles and of resources that nobody describes', () => {
    const topology = {
      resources: [resource('ecs/a')],
      dependencies: [calls('ecs/a', 'ecs/b'), calls('ecs/b', 'ecs/c'), calls('ecs/c', 'ecs/a'), calls('ecs/a', 'ecs/a')],
    };
    const given = ['ecs/a', 'ecs/b', 'ecs/c'].map((id) => series(id, 'Latency', 0.1, jump(0.1, 0.5)));
    const analysis = analyse(context({ topology, series: given, subject: { resourceIds: ['ecs/a'], startedAtMs: START, nowMs: NOW } }));
    expect(AnalysisSchema.safeParse(analysis).success).toBe(true);
    expect(analysis.gaps.map((gap) => gap.reason.code)).toContain('rca.gap.unknown_nodes');
  });

  it.each([
    ['a window without points', { subject: { resourceIds: ['alb/shop'], startedAtMs: NOW + 3_600_000, nowMs: NOW + 3_600_000 } }],
    ['a window before all points', { subject: { resourceIds: ['alb/shop'], startedAtMs: 0, nowMs: 1 } }],
    ['a start after now', { subject: { resourceIds: ['alb/shop'], startedAtMs: NOW, nowMs: START } }],
    ['no resource', { subject: { resourceIds: [], startedAtMs: START, nowMs: NOW } }],
    ['an unknown resource', { subject: { resourceIds: ['ecs/nowhere'], startedAtMs: START, nowMs: NOW } }],
  ])('names nothing in %s', (_, more) => {
    expect(analyse(context({ topology: SHOP_TOPOLOGY, series: shopSeries(), ...more })).hypotheses).toEqual([]);
  });

  it('gives a valid analysis for any numbers, with actions of the catalogue on known resources only', () => {
    const value = fc.oneof(fc.double({ min: -1e6, max: 1e6, noNaN: true }), fc.constantFrom(0, Number.NaN, Number.POSITIVE_INFINITY, 1e300));
    const names = fc.constantFrom(
      'CPUUtilization',
      'Latency',
      'HTTPCode_Target_5XX_Count',
      'RequestCount',
      'DatabaseConnections',
      'availability',
      'Throttles',
      'odd',
    );
    const ids = fc.constantFrom('alb/shop', 'ecs/web', 'rds/checkout-db', 'sqs/orders', 'lambda/x', '?');
    const item = fc.record({ id: ids, name: names, values: fc.array(value, { maxLength: 60 }) });
    const edges = fc.array(fc.tuple(ids, ids), { maxLength: 12 });
    fc.assert(
      fc.property(fc.array(item, { maxLength: 8 }), edges, fc.integer({ min: -30, max: 30 }), (items, links, shift) => {
        const given = items.map(({ id, name, values }) => ({
          ...series(id, name, 1),
          points: values.map((one, index) => ({ timestampMs: START + (index - values.length + 8 + shift) * 60_000, value: one })),
        }));
        const topology = {
          resources: ['alb/shop', 'ecs/web', 'rds/checkout-db', 'sqs/orders', 'lambda/x'].map((id) => resource(id)),
          dependencies: links.map(([from, to]) => calls(from, to)),
        };
        const analysis = AnalysisSchema.parse(analyse(context({ topology, series: given, actions: CATALOGUE, changes: [change('c', shift, 'ecs/web')] })));
        const known = new Set(topology.resources.map((one) => one.id));
        for (const solution of analysis.solutions) {
          expect(CATALOGUE.find((action) => action.name === solution.action)?.params.safeParse(solution.params).success).toBe(true);
          expect(known.has(solution.targetId)).toBe(true);
        }
        const confidences = analysis.hypotheses.map((hypothesis) => hypothesis.confidence);
        expect(confidences).toEqual([...confidences].sort((a, b) => b - a));
      }),
      { numRuns: 150 },
    );
  });
});

describe('in slices', () => {
  it('gives the same answer as all at once, and tells of each dimension as it is done', async () => {
    const given = context({
      topology: SHOP_TOPOLOGY,
      series: shopSeries([BROKEN]),
      actions: CATALOGUE,
      subject: { resourceIds: ['ecs/checkout'], startedAtMs: START, nowMs: NOW },
    });
    const steps = analyseStepwise(given, new AbortController().signal);
    const done: string[] = [];
    let step = await steps.next();
    for (; step.done !== true; step = await steps.next()) done.push(step.value.dimension);
    expect(done).toEqual(['time', 'resource', 'change', 'history']);
    expect(step.value).toEqual(analyse(given));
  });

  it('lets others run in between and stops when told to', async () => {
    const stop = new AbortController();
    const steps = analyseStepwise(large(), stop.signal);
    let turns = 0;
    const others = setInterval(() => {
      turns += 1;
      if (turns === 3) stop.abort();
    }, 1);
    const failure = await steps.next().then(
      () => steps.next(),
      (thrown: unknown) => thrown,
    );
    clearInterval(others);
    expect(turns).toBeGreaterThanOrEqual(3);
    expect(failure).toBeInstanceOf(OpsError);
    expect((failure as OpsError).code).toBe('expired');
  });
});
