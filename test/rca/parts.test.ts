import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildGraph, distances, pathTo } from '../../src/rca/graph.ts';
import { impactOf } from '../../src/rca/impact.ts';
import { groupLogs, templateOf } from '../../src/rca/log-evidence.ts';
import { measureShift } from '../../src/rca/shift.ts';
import { readingOf } from '../../src/rca/signals.ts';
import { spread } from '../../src/rca/spread.ts';
import { calls, jump, logLine, MINUTE, NOW, resource, START, series } from './world.ts';

const SUBJECT = { resourceIds: ['a'], startedAtMs: START, nowMs: NOW };
const options = { stat: null, requests: null };

describe('how a series moved', () => {
  it('measures a jump, its onset and that it is no climb', () => {
    const shift = measureShift(series('a', 'CPUUtilization', 30, jump(30, 90, -4), { unit: 'Percent' }), SUBJECT);
    expect(shift?.base).toBeCloseTo(30, 0);
    expect(shift?.during).toBeCloseTo(90, -1);
    expect(shift?.onsetMs).toBe(START - 4 * MINUTE);
    expect(shift?.ramp).toBe(false);
  });

  it('knows a climb from a jump', () => {
    const climb = series('a', 'MemoryUtilization', 40, (minute) => 40 + Math.max(0, minute + 20) * 1.5, { unit: 'Percent' });
    expect(measureShift(climb, SUBJECT)?.ramp).toBe(true);
  });

  it('finds nothing in the usual, whatever the size of the numbers', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-6, max: 1e9, noNaN: true }), (usual) => {
        expect(measureShift(series('a', 'latency', usual), SUBJECT)?.strength ?? 0).toBeLessThan(0.35);
      }),
      { numRuns: 50 },
    );
  });

  it('gives the same verdict in other units', () => {
    const seconds = series('a', 'latency', 0.2, jump(0.2, 0.9));
    const milliseconds = { ...seconds, points: seconds.points.map((point) => ({ ...point, value: point.value * 1000 })) };
    expect(measureShift(milliseconds, SUBJECT)?.ratio).toBeCloseTo(measureShift(seconds, SUBJECT)?.ratio ?? 0, 6);
  });

  it('does not call a busy processor short while it is half idle', () => {
    const low = measureShift(series('a', 'CPUUtilization', 3, jump(3, 20), { unit: 'Percent' }), SUBJECT);
    const high = measureShift(series('a', 'CPUUtilization', 30, jump(30, 95), { unit: 'Percent' }), SUBJECT);
    expect(low?.strength).toBeLessThan(0.35);
    expect(high?.strength).toBeGreaterThan(0.9);
  });
});

describe('what a metric says, by its name', () => {
  it.each([
    ['TargetResponseTime', 'latency', 1],
    ['ReadLatency', 'storage', 1],
    ['HTTPCode_Target_5XX_Count', 'errors', 1],
    ['availability', 'availability', -1],
    ['RequestCount', 'requests', 1],
    ['Invocations', 'requests', 1],
    ['SuccessfulRequestLatency', 'latency', 1],
    ['DatabaseConnections', 'connections', 1],
    ['Throttles', 'throttling', 1],
    ['disk_used_percent', 'disk', 1],
    ['FreeStorageSpace', 'disk', -1],
    ['FreeableMemory', 'memory', -1],
    ['DaysToExpiry', 'certificate', -1],
    ['ApproximateAgeOfOldestMessage', 'queue', 1],
    ['CacheHitRate', 'cache', -1],
    ['UnHealthyHostCount', 'health', 1],
    ['HealthyHostCount', 'health', -1],
    ['EstimatedCharges', 'cost', 1],
    ['SomethingElse', 'other', 1],
  ])('%s is %s', (name, role, worse) => {
    expect(readingOf({ namespace: 'x', name, dimensions: {}, stat: 'Average' })).toMatchObject({ role, worse });
  });
});

describe('impact', () => {
  const requests = (count: number) => series('a', 'requests', count, undefined, { stat: 'Sum' });

  it('weighs a delay by how many wait', () => {
    const slow = series('a', 'latency', 0.1, jump(0.1, 0.6));
    const few = impactOf([slow, requests(10)], 'latency', SUBJECT, options);
    const many = impactOf([slow, requests(1000)], 'latency', SUBJECT, options);
    expect((many?.amount ?? 0) / (few?.amount ?? 1)).toBeCloseTo(100, -1);
  });

  it('finds two failures among twenty requests little proof, and eighty among a thousand much', () => {
    const failing = series('a', 'availability', 100, jump(100, 92));
    const clean = { ...failing, points: failing.points.map((point) => ({ ...point, value: point.timestampMs < START ? 100 : 92 })) };
    expect(impactOf([clean, requests(2)], 'failures', SUBJECT, options)?.sure).toBeLessThan(0.25);
    expect(impactOf([clean, requests(1000)], 'failures', SUBJECT, options)?.sure).toBeGreaterThan(0.7);
  });

  it('discounts what was there before the trouble', () => {
    const early = impactOf([series('a', 'latency', 0.1, jump(0.1, 0.6, -6)), requests(100)], 'latency', SUBJECT, options);
    const fresh = impactOf([series('a', 'latency', 0.1, jump(0.1, 0.6)), requests(100)], 'latency', SUBJECT, options);
    expect(early?.amount).toBeLessThan((fresh?.amount ?? 0) * 0.5);
  });

  it('goes to the deepest resource that carries it, and not to a callee that nobody called before', () => {
    const graph = buildGraph({
      resources: ['a', 'b', 'c', 'new'].map((id) => resource(id)),
      dependencies: [calls('a', 'b'), calls('b', 'c'), calls('c', 'new')],
    });
    const slow = (id: string) => impactOf([series(id, 'latency', 0.1, jump(0.1, 0.6)), { ...requests(100), resourceId: id }], 'latency', SUBJECT, options);
    const impacts = new Map(
      ['a', 'b', 'c'].flatMap((id) => {
        const impact = slow(id);
        return impact === null ? [] : [[id, impact] as const];
      }),
    );
    const fresh = slow('new');
    if (fresh !== null) impacts.set('new', { ...fresh, isNew: true });
    const parts = spread(graph, 'a', impacts);
    expect(parts[0]?.resourceId).toBe('c');
    expect(parts.find((part) => part.resourceId === 'b')?.explainedBy).toBe('c');
    expect(parts.map((part) => part.resourceId)).not.toContain('new');
  });
});

describe('the graph', () => {
  it('lets a queue suffer from those who read it, and a database from the cache beside it', () => {
    const resources = ['sqs/q', 'lambda/f', 'ecs/s', 'rds/d', 'elasticache/c'].map((id) => resource(id));
    const graph = buildGraph({
      resources,
      dependencies: [{ from: 'lambda/f', to: 'sqs/q', kind: 'reads' }, calls('ecs/s', 'rds/d'), calls('ecs/s', 'elasticache/c')],
    });
    expect(graph.causes.get('sqs/q')).toEqual(['lambda/f']);
    expect(graph.causes.get('rds/d')).toEqual(['elasticache/c']);
  });

  it('ends in any graph and finds ways that really are there', () => {
    const node = fc.integer({ min: 0, max: 12 }).map(String);
    fc.assert(
      fc.property(fc.array(fc.tuple(node, node), { maxLength: 60 }), node, node, (links, from, to) => {
        const graph = buildGraph({ resources: [], dependencies: links.map(([a, b]) => calls(a, b)) });
        const path = pathTo(graph, [from], to);
        if (!distances(graph.causes, [from]).has(to)) expect(path).toEqual([]);
        for (let index = 1; index < path.length; index += 1) expect(graph.causes.get(path[index - 1] ?? '')).toContain(path[index]);
      }),
    );
  });
});

describe('log lines', () => {
  it('are one kind when they differ in numbers, ids, paths and quotes only', () => {
    const one = templateOf('GET /cart/17 failed for user "ana" after 310 ms (trace 9f8e7d6c5b4a3210)');
    expect(templateOf('GET /cart/99/items failed for user "bo" after 8 ms (trace 0123456789abcdef)')).toBe(one);
    expect(templateOf('GET /cart/17 refused')).not.toBe(one);
  });

  it('weigh more when they are new than when they were always there', () => {
    const before = Array.from({ length: 60 }, (_, index) => logLine(`o${index}`, index - 60, 'a', 'old noise 1'));
    const since = Array.from({ length: 10 }, (_, index) => [
      logLine(`n${index}`, index, 'a', 'new failure 2'),
      logLine(`p${index}`, index, 'a', 'old noise 3'),
    ]).flat();
    const grouping = groupLogs([...before, ...since], SUBJECT);
    let step = grouping.next();
    while (step.done !== true) step = grouping.next();
    expect(step.value.map((group) => [group.template, group.count, group.before])).toEqual([
      ['new failure *', 10, 0],
      ['old noise *', 10, 60],
    ]);
    expect(step.value[1]?.strength).toBe(0);
  });

  it('are bounded for any message', () => {
    fc.assert(fc.property(fc.string({ maxLength: 3000 }), (message) => templateOf(message).length <= 400));
  });
});
