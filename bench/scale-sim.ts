import type { BenchResult } from './types.ts';

/**
 * An hour of ticks of one database and its replicas, with what `bench replicas` measured. The database is taken as one server whose work
 * queues (changes of the store wait for each other), detection as work the replicas do beside each other. In minute 20 the largest replica
 * dies and its shards wait for the others; in minute 30 a new one joins.
 */
const COST = {
  appendUs: 6, // of the leader's processor, a point
  detectUs: 16, // of a replica's processor, a point
  databaseUs: 45, // of the database's processor, a point: to file it, to hand it out, to save the state
  replicaMs: 40, // a replica and tick, however little there is to do
  walBytes: 1850, // a point
};
const TICK_S = 60;
const MINUTES = 60;
const DIES = 20;
const JOINS = 30;
const NOTICED_S = 8;
const BATCH = 50_000;

interface Cell {
  readonly metrics: number;
  readonly replicas: number;
}
interface Simulated extends Cell {
  readonly tick_s_p50: number;
  readonly tick_s_p99: number; // of undisturbed minutes
  readonly tick_s_after_death: number;
  readonly minutes_behind_after_death: number;
  readonly database_busy: number; // share of the time
  readonly wal_mb_per_s: number;
  readonly keeps_up: boolean;
}

/** The same for the same seed: ±20 % around the measured cost. */
function noise(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return 0.8 + (0.4 * state) / 2 ** 32;
  };
}

/** How long one tick takes: the leader files the points, then every replica reads, computes and saves batch by batch. */
function tickSeconds(points: number, replicas: number, vary: () => number): { readonly seconds: number; readonly databaseS: number } {
  const filed = (points * COST.databaseUs * 0.3 * vary()) / 1e6;
  let databaseFreeAt = filed + (points * COST.appendUs * vary()) / 1e6;
  let databaseS = filed;
  const ready = Array.from({ length: replicas }, () => databaseFreeAt + COST.replicaMs / 1000);
  const batches = Math.ceil(points / replicas / BATCH);
  const size = points / replicas / batches;
  for (let batch = 0; batch < batches; batch += 1) {
    for (let replica = 0; replica < replicas; replica += 1) {
      const computed = (ready[replica] ?? 0) + (size * COST.detectUs * vary()) / 1e6;
      const work = (size * COST.databaseUs * 0.7 * vary()) / 1e6;
      databaseFreeAt = Math.max(databaseFreeAt, computed) + work;
      databaseS += work;
      ready[replica] = databaseFreeAt;
    }
  }
  return { seconds: Math.max(...ready), databaseS };
}

function simulate({ metrics, replicas }: Cell): Simulated {
  const vary = noise(7);
  const quiet: number[] = [];
  let [behindS, worst, minutesBehind, databaseS] = [0, 0, 0, 0];
  for (let minute = 0; minute < MINUTES; minute += 1) {
    const alive = minute >= DIES && minute < JOINS ? Math.max(1, replicas - 1) : replicas;
    const tick = tickSeconds(metrics, alive, vary);
    const seconds = tick.seconds + (minute === DIES ? NOTICED_S : 0);
    databaseS += tick.databaseS;
    behindS = Math.max(0, behindS + seconds - TICK_S);
    if (minute < DIES || minute >= JOINS + 5) quiet.push(seconds);
    else worst = Math.max(worst, seconds + behindS);
    if (behindS > 0) minutesBehind += 1;
  }
  const sorted = quiet.toSorted((a, b) => a - b);
  const at = (share: number): number => Number((sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0).toFixed(1));
  return {
    ...{
      metrics,
      replicas,
      tick_s_p50: at(0.5),
      tick_s_p99: at(0.99),
      tick_s_after_death: Number(worst.toFixed(1)),
      minutes_behind_after_death: minutesBehind,
    },
    database_busy: Number((databaseS / (MINUTES * TICK_S)).toFixed(2)),
    wal_mb_per_s: Number(((metrics * COST.walBytes) / TICK_S / 2 ** 20).toFixed(1)),
    keeps_up: behindS === 0 && minutesBehind < 10,
  };
}

const CELLS: readonly Cell[] = [
  { metrics: 10_000, replicas: 2 },
  { metrics: 100_000, replicas: 2 },
  { metrics: 250_000, replicas: 2 },
  { metrics: 250_000, replicas: 4 },
  { metrics: 500_000, replicas: 4 },
  { metrics: 1_000_000, replicas: 8 },
];

/** The plan of docs/scale.md, played through. */
export async function benchScaleSim(): Promise<BenchResult> {
  const cells = Object.fromEntries(CELLS.map((cell) => [`${cell.metrics}_on_${cell.replicas}`, simulate(cell)]));
  const planned = simulate({ metrics: 250_000, replicas: 4 });
  return {
    name: 'scale-sim',
    figures: { cost: COST, cells, plan: { cells: 4, ...planned } },
    ratio: TICK_S / planned.tick_s_p99,
    against: 'the minute a tick of one of four cells has',
  };
}
