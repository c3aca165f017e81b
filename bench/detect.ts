import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Detector } from '../src/detect/detector.ts';
import { COLD_BYTES, HOT_BYTES, StatePool } from '../src/detect/pool.ts';
import { newReading } from '../src/detect/step.ts';
import { TUNING } from '../src/detect/tuning.ts';
import { createWatch } from '../src/detect/watch.ts';
import type { MetricSeries } from '../src/domain/metric.ts';
import { openStore } from '../src/store/open.ts';

export interface BenchResult {
  readonly name: string;
  readonly figures: Record<string, number>;
  readonly ratio: number | null;
  readonly against: string;
}

const SERIES = 10_000;
const ROUNDS = 30;
const WARM_ROUNDS = 60;
const TAKES = 8; // the best of them counts, for both
const BATCH = 20_000; // as the engine reads them
const START_MS = Date.UTC(2026, 0, 5);
const MINUTE_MS = 60_000;

/** A value with a daily rhythm and noise; the same for the same place. */
function valueAt(series: number, round: number): number {
  const noise = ((Math.imul(series * 7919 + round, 2_654_435_761) >>> 8) % 1000) / 1000;
  return 50 + 20 * Math.sin((round / 1440) * 2 * Math.PI + series) + 5 * noise;
}

/** Processor time of one piece of work: on a shared machine the clock on the wall also counts what others do. */
function seconds(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

/** The whole detector (state, score, severity, page rule) over interleaved series, and plain EWMA-and-z over the very same points. */
function speed(): { ours: number; plain: number } {
  const rows = Array.from({ length: 16 }, (_, round) => Float64Array.from({ length: SERIES }, (_, series) => valueAt(series, round * 7)));
  const pool = new StatePool();
  const slots = Array.from({ length: SERIES }, () => pool.add());
  const watch = createWatch(TUNING);
  const reading = newReading();
  const ours = (from: number, to: number): void => {
    for (let round = from; round < to; round += 1) {
      const row = rows[round % rows.length] ?? new Float64Array();
      for (let series = 0; series < SERIES; series += 1) {
        const slot = slots[series];
        if (slot !== undefined) watch(slot, START_MS + round * MINUTE_MS, row[series] ?? 0, null, 1, false, reading);
      }
    }
  };
  const [mean, variance, scores] = [new Float64Array(SERIES), new Float64Array(SERIES), new Float64Array(SERIES)];
  const plain = (from: number, to: number): void => {
    for (let round = from; round < to; round += 1) {
      const row = rows[round % rows.length] ?? new Float64Array();
      for (let series = 0; series < SERIES; series += 1) {
        const d = (row[series] ?? 0) - (mean[series] ?? 0);
        scores[series] = Math.abs(d) / Math.sqrt((variance[series] ?? 0) + 1e-12);
        mean[series] = (mean[series] ?? 0) + 0.05 * d;
        variance[series] = 0.95 * ((variance[series] ?? 0) + 0.05 * d * d);
      }
    }
  };
  ours(0, WARM_ROUNDS);
  plain(0, 5 * WARM_ROUNDS);
  let [best, bestPlain] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (let take = 0, round = WARM_ROUNDS; take < TAKES; take += 1, round += ROUNDS) {
    best = Math.min(
      best,
      seconds(() => ours(round, round + ROUNDS)),
    );
    bestPlain = Math.min(
      bestPlain,
      seconds(() => plain(0, 20 * ROUNDS)),
    );
  }
  return { ours: (SERIES * ROUNDS) / best, plain: (20 * SERIES * ROUNDS) / bestPlain };
}

const seriesAt = (index: number): Omit<MetricSeries, 'points'> => ({
  ref: { namespace: 'Bench', name: `metric-${index % 5}`, dimensions: { Host: `h${Math.floor(index / 5)}` }, stat: 'Average' },
  resourceId: `ec2/h${Math.floor(index / 5)}`,
  unit: 'Percent',
  periodMs: MINUTE_MS,
});

/** One tick over `count` series: from points in memory to states saved in SQLite. The median of five, after two to warm up. */
async function tick(count: number): Promise<{ ms: number; rssMb: number }> {
  const dir = mkdtempSync(join(tmpdir(), 'opsloop-bench-'));
  const store = await openStore(join(dir, 'bench.db'));
  try {
    const detector = new Detector();
    const all = Array.from({ length: count }, (_, index) => seriesAt(index));
    const times: number[] = [];
    for (let round = 0; round < 7; round += 1) {
      const now = START_MS + round * MINUTE_MS;
      let took = 0;
      for (let from = 0; from < count; from += BATCH) {
        const batch = all
          .slice(from, from + BATCH)
          .map((series, index) => ({ ...series, points: [{ timestampMs: now, value: valueAt(from + index, round) }] }));
        const start = performance.now();
        const anomalies = batch.flatMap((series) => detector.observe(series, now));
        anomalies.push(...detector.relate(now), ...(from + BATCH < count ? [] : detector.sweep(now)));
        await store.transaction(async (tx) => {
          for (const states of detector.takeStates()) await tx.detector.save(states);
          await tx.anomalies.save(anomalies);
          await tx.watermarks.set('bench', round);
        });
        took += performance.now() - start;
      }
      times.push(took);
    }
    return { ms: times.slice(2).sort((a, b) => a - b)[2] ?? 0, rssMb: process.memoryUsage().rss / 2 ** 20 };
  } finally {
    await store.close();
    rmSync(dir, { recursive: true, force: true });
  }
}

/** Speed of detection: points a second on one core, the length of a tick, memory. */
export async function benchDetect(): Promise<BenchResult> {
  const { ours, plain } = speed();
  const small = await tick(10_000);
  const large = await tick(100_000);
  return {
    name: 'detect',
    figures: {
      points_per_second: ours,
      tick_10k_ms: small.ms,
      tick_100k_ms: large.ms,
      rss_100k_mb: large.rssMb,
      state_bytes_per_metric: HOT_BYTES + COLD_BYTES,
    },
    ratio: ours / plain,
    against: 'a plain EWMA-and-z loop over the same interleaved series in the same run',
  };
}
