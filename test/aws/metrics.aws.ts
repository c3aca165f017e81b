import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import fc from 'fast-check';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { Naming } from '../../src/aws/inventory/part.ts';
import { CloudWatchMetrics } from '../../src/aws/metrics/source.ts';
import { scopesOf } from '../../src/aws/scope.ts';
import { Collector } from '../../src/collect/collector.ts';
import type { Clock } from '../../src/domain/ports.ts';
import { ManualClock, SandboxClock } from '../../src/sandbox/clock.ts';
import { openStore } from '../../src/store/open.ts';
import { MetricWorld } from './double/metrics.ts';
import { startDouble } from './double/server.ts';
import { endpoint, first, MINUTE_MS, motoUrl, REGION, settingsOf, signal } from './support.ts';

const START_MS = Date.UTC(2026, 2, 4, 10, 0);
const folder = mkdtempSync(join(tmpdir(), 'opsloop-aws-metrics-'));
const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  delete process.env['AWS_ENDPOINT_URL_CLOUDWATCH'];
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function sourceOf(clock: Clock, more: Record<string, unknown> = {}): CloudWatchMetrics {
  const settings = settingsOf({ metrics: { namespaces: ['Shop/Load'], most: 10_000, ...more } });
  const [scope] = scopesOf(settings, REGION);
  const inventory = {
    naming: new Naming('', settings.tags),
    topology: async () => ({ resources: [], dependencies: [] }),
    find: () => null,
    known: (plain: string) => plain,
  };
  return new CloudWatchMetrics(scope, inventory, settings, clock);
}

describe('a minute of 10,000 metrics', () => {
  it('takes at most 21 calls of GetMetricData and two seconds of own time', async () => {
    const worker = new Worker(join(import.meta.dirname, 'double', 'worker.ts'), { workerData: { series: 10_000 } });
    cleanups.push(() => worker.terminate());
    const [url] = (await once(worker, 'message')) as [string];
    endpoint(url, 'CLOUDWATCH');
    endpoint(motoUrl());
    const clock = new ManualClock(Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS);
    const source = sourceOf(clock);
    const store = await openStore(join(folder, 'ten-thousand.db'), { clock });
    cleanups.push(() => store.close());
    const collector = new Collector({ metrics: [source], logs: [], changes: [], alarms: [], topology: [] }, { backfillMs: 10 * MINUTE_MS, timeoutMs: 60_000 });
    await collector.run(store, clock); // discovery and the first minutes
    clock.advance(MINUTE_MS);
    const calls = source.counts.getMetricData;
    const [startedMs, cpu] = [performance.now(), process.threadCpuUsage()];
    const { points, gaps } = await collector.run(store, clock);
    const spent = process.threadCpuUsage(cpu);
    const ownMs = (spent.user + spent.system) / 1000;
    process.stdout.write(
      `10,000 metrics: ${source.counts.getMetricData - calls} calls of GetMetricData, ${Math.round(ownMs)} ms of own time, ${Math.round(performance.now() - startedMs)} ms in all\n`,
    );
    expect([points, gaps]).toEqual([10_000, []]);
    expect(source.counts.getMetricData - calls).toBeLessThanOrEqual(21);
    expect(ownMs).toBeLessThanOrEqual(2000);
  });
});

describe('CloudWatch metrics', () => {
  const world = async (series: number, clock: Clock) => {
    const double = await startDouble();
    cleanups.push(() => double.close());
    Object.assign(double.state.metrics, { series, nowMs: () => clock.now() });
    endpoint(double.url, 'CLOUDWATCH');
    endpoint(motoUrl());
    return double.state.metrics;
  };

  it('reads all pages, in batches', async () => {
    const clock = new ManualClock(START_MS);
    const metrics = await world(700, clock);
    metrics.pageOf = 180;
    const batch = await sourceOf(clock).read({ fromMs: START_MS - 10 * MINUTE_MS, toMs: START_MS }, signal());
    expect(batch.items).toHaveLength(700);
    expect(metrics.calls).toBe(3 + 2);
    expect(batch.completeUntilMs).toBe(START_MS - 2 * MINUTE_MS); // the delay, and the minute that is still filling
  });

  it('holds the watermark while a part cannot be read, then gives it up and says so', async () => {
    const clock = new ManualClock(START_MS);
    const metrics = await world(3, clock);
    metrics.trouble = (_call, id) => (id === 'm1' ? 'InternalError' : null);
    const source = sourceOf(clock);
    const window = () => ({ fromMs: START_MS - 30 * MINUTE_MS, toMs: clock.now() });
    const held = await source.read(window(), signal());
    expect(held.items).toHaveLength(2);
    expect(held.gaps).toEqual([expect.stringMatching(/GetMetricData in default eu-central-1 gave Requests with an internal error/)]);
    expect(held.completeUntilMs).toBe(START_MS - 25 * MINUTE_MS);
    clock.advance(16 * MINUTE_MS);
    expect((await source.read(window(), signal())).completeUntilMs).toBe(clock.now() - 2 * MINUTE_MS);
    metrics.trouble = () => null;
    expect((await source.read(window(), signal())).gaps).toEqual([]);
  });

  it('keeps to its cap and names what it leaves out', async () => {
    const clock = new ManualClock(START_MS);
    await world(30, clock);
    const batch = await sourceOf(clock, { most: 10 }).read({ fromMs: START_MS - 10 * MINUTE_MS, toMs: START_MS }, signal());
    expect(batch.items).toHaveLength(10);
    expect(batch.gaps).toEqual([expect.stringContaining('20 metrics are over the cap')]);
  });

  it('reads a long back-fill of many series in pieces', async () => {
    const clock = new ManualClock(START_MS);
    await world(5000, clock);
    const batch = await sourceOf(clock).read({ fromMs: START_MS - 24 * 60 * MINUTE_MS, toMs: START_MS }, signal());
    expect(batch.completeUntilMs).toBe(START_MS - (24 * 60 - 200) * MINUTE_MS);
    expect(first(batch.items).points).toHaveLength(200);
  });

  it('asks for a metric that does not exist without harm', async () => {
    const clock = new ManualClock(START_MS);
    endpoint(motoUrl());
    const source = sourceOf(clock, { namespaces: [], extra: [{ namespace: 'No/Such', name: 'Nothing' }] });
    expect(await source.read({ fromMs: START_MS - 10 * MINUTE_MS, toMs: START_MS }, signal())).toMatchObject({ items: [], gaps: [] });
  });
});

const RUNS = process.env['OPSLOOP_LONG'] === undefined ? 2 : 25;

describe('a collector that is killed at any moment', () => {
  it(
    'loses no point and keeps none twice',
    async () => {
      let whole = 0; // runs that collected something
      const SPEED = 600; // a minute in a tenth of a second
      await fc.assert(
        fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 3, maxLength: 4 }), fc.integer({ min: 5, max: 60 }), async (kills, pageOf) => {
          const realStartMs = Date.now();
          const clock = new SandboxClock({ startMs: START_MS, realStartMs, speed: SPEED });
          const double = await startDouble();
          Object.assign(double.state.metrics, { series: 40, nowMs: () => clock.now(), pageOf });
          const path = join(folder, `${realStartMs}.db`);
          const env = { ...process.env, AWS_ENDPOINT_URL_CLOUDWATCH: double.url };
          for (const afterMs of kills) {
            const child = fork(join(import.meta.dirname, 'child.ts'), [path, String(START_MS), String(realStartMs), String(SPEED)], { env, execArgv: [] });
            await once(child, 'message');
            await sleep(afterMs);
            child.kill('SIGKILL');
            await once(child, 'exit');
          }
          await double.close();
          const store = await openStore(path, { clock });
          const untilMs = (await store.watermarks.get('metrics:CloudWatch metrics default eu-central-1')) ?? 0;
          const { series } = await store.metrics.appendedSince(0, 1_000_000);
          await store.close();
          const seen = new Map<string, number[]>();
          for (const { ref, points } of series) {
            const shard = ref.dimensions['Shard'] ?? '';
            for (const { timestampMs, value } of points) {
              expect(value).toBeCloseTo(MetricWorld.value(Number(shard), timestampMs));
              seen.set(shard, [...(seen.get(shard) ?? []), timestampMs]);
            }
          }
          for (const times of seen.values()) {
            const [from = 0] = times;
            const expected = Array.from({ length: (untilMs - from) / MINUTE_MS + 1 }, (_, at) => from + at * MINUTE_MS);
            expect(times).toEqual(expected);
          }
          expect([0, 40]).toContain(seen.size);
          if (seen.size > 0) whole += 1;
        }),
        { numRuns: RUNS },
      );
      expect(whole).toBeGreaterThan(0);
    },
    60_000 * RUNS,
  );
});
