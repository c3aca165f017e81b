import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parentPort, Worker, workerData } from 'node:worker_threads';
import { Detector } from '../src/detect/detector.ts';
import type { MetricSeries } from '../src/domain/metric.ts';
import { YOUNG_MB } from '../src/loop/detection/worker-engine.ts';
import { openStore } from '../src/store/open.ts';

interface Tick {
  readonly ms: number;
  readonly rssMb: number; // of the whole process
}

const BATCH = 20_000; // as the engine reads them
export const START_MS = Date.UTC(2026, 0, 5);
export const MINUTE_MS = 60_000;

/** A value with a daily rhythm and noise; the same for the same place. */
export function valueAt(series: number, round: number): number {
  const noise = ((Math.imul(series * 7919 + round, 2_654_435_761) >>> 8) % 1000) / 1000;
  return 50 + 20 * Math.sin((round / 1440) * 2 * Math.PI + series) + 5 * noise;
}

const seriesAt = (index: number): Omit<MetricSeries, 'points'> => ({
  ref: { namespace: 'Bench', name: `metric-${index % 5}`, dimensions: { Host: `h${Math.floor(index / 5)}` }, stat: 'Average' },
  resourceId: `ec2/h${Math.floor(index / 5)}`,
  unit: 'Percent',
  periodMs: MINUTE_MS,
});

/** One tick over `count` series: from points in memory to states saved in SQLite. The median of five, after two to warm up. */
async function tick(count: number): Promise<Tick> {
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

/** A tick in a thread with the memory of the detection thread that ships. */
export async function tickInThread(count: number): Promise<Tick> {
  const thread = new Worker(new URL(import.meta.url), { workerData: { ticks: count }, resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB } });
  const [measured] = (await once(thread, 'message')) as [Tick];
  await thread.terminate();
  return measured;
}

const asked: unknown = workerData?.ticks;
if (typeof asked === 'number') parentPort?.postMessage(await tick(asked));
