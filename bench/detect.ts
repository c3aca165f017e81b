import { COLD_BYTES, HOT_BYTES, StatePool } from '../src/detect/pool.ts';
import { newReading } from '../src/detect/step.ts';
import { TUNING } from '../src/detect/tuning.ts';
import { createWatch } from '../src/detect/watch.ts';
import { MINUTE_MS, START_MS, tickInThread, valueAt } from './tick.ts';

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

/** Speed of detection: points a second on one core, the length of a tick, memory. */
export async function benchDetect(): Promise<BenchResult> {
  const { ours, plain } = speed();
  const small = await tickInThread(10_000);
  const large = await tickInThread(100_000);
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
