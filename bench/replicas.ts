import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import type { MetricSeries } from '../src/domain/metric.ts';
import { openStore } from '../src/store/open.ts';
import { startPg } from '../test/pg/server.ts';
import type { Ran } from './replica-child.ts';
import type { BenchResult } from './types.ts';

const SERIES = 10_000;
const HISTORY = 40; // minutes that detection has to catch up with: there it dominates
const TICKS = 5; // of one minute each, after that
const START_MS = Date.UTC(2026, 0, 5);
const MINUTE_MS = 60_000;
const COUNTS = [1, 2, 4];
const CLOCK_TICKS = 100; // a second, in /proc

const valueAt = (series: number, minute: number): number => 50 + 20 * Math.sin(minute / 200 + series) + (((series * 7919 + minute * 104_729) >>> 3) % 100) / 20;

const minuteOf = (minute: number): MetricSeries[] =>
  Array.from({ length: SERIES }, (_, n) => ({
    ref: { namespace: 'Bench', name: `metric-${n % 5}`, dimensions: { Host: `h${Math.floor(n / 5)}` }, stat: 'Average' },
    ...{ resourceId: `ec2/h${Math.floor(n / 5)}`, unit: 'Percent', periodMs: MINUTE_MS },
    points: [{ timestampMs: START_MS + minute * MINUTE_MS, value: valueAt(n, minute) }],
  }));

interface Measured {
  readonly pointsPerSecond: number; // of all replicas, by the clock on the wall
  readonly busiestCpuMs: number; // of the replica that worked most
  readonly tickCpuMs: number; // a tick: all replicas together
  readonly tickMs: number;
  readonly databaseCpuMs: number; // a tick
  readonly walMb: number; // a tick
  readonly rssMb: number; // of one replica
  readonly appendCpuMs: number; // a tick: the leader's part, before detection
}

async function measure(url: string, replicas: number): Promise<Measured> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const store = await openStore(url);
  const children = Array.from({ length: replicas }, (_, n) => fork(join(import.meta.dirname, 'replica-child.ts'), [url, `r${n}`, String(replicas)]));
  try {
    await Promise.all(children.map((child) => once(child, 'message')));
    const caughtUp = await allRun(children, START_MS + HISTORY * MINUTE_MS);
    const points = caughtUp.reduce((sum, one) => sum + one.points, 0);
    if (points !== SERIES * HISTORY) throw new Error(`detection looked at ${points} points of ${SERIES * HISTORY}`);
    const before = await databaseWork(client);
    const ticks: Ran[][] = [];
    let appendCpuMs = 0;
    for (let tick = 0; tick < TICKS; tick += 1) {
      const cpu = process.cpuUsage();
      await store.metrics.append(minuteOf(HISTORY + tick));
      const used = process.cpuUsage(cpu);
      appendCpuMs += (used.user + used.system) / 1000 / TICKS;
      ticks.push(await allRun(children, START_MS + (HISTORY + tick) * MINUTE_MS));
    }
    const after = await databaseWork(client);
    const all = ticks.flat();
    return {
      pointsPerSecond: points / (Math.max(...caughtUp.map((one) => one.ms)) / 1000),
      busiestCpuMs: Math.max(...caughtUp.map((one) => one.cpuMs)),
      tickCpuMs: all.reduce((sum, one) => sum + one.cpuMs, 0) / TICKS,
      tickMs: ticks.reduce((sum, each) => sum + Math.max(...each.map((one) => one.ms)), 0) / TICKS,
      databaseCpuMs: (after.cpuMs - before.cpuMs) / TICKS,
      walMb: (after.walBytes - before.walBytes) / TICKS / 2 ** 20,
      rssMb: Math.max(...all.map((one) => one.rssMb)),
      appendCpuMs,
    };
  } finally {
    for (const child of children) child.disconnect();
    await Promise.all(children.map((child) => (child.exitCode === null ? once(child, 'exit') : null)));
    await client.end();
    await store.close();
  }
}

async function allRun(children: readonly ChildProcess[], nowMs: number): Promise<Ran[]> {
  return await Promise.all(
    children.map(async (child) => {
      child.send(nowMs);
      const [ran] = (await once(child, 'message')) as [Ran];
      return ran;
    }),
  );
}

/** What the server and its processes have used of the processor, and written ahead, since it started. */
async function databaseWork(client: pg.Client): Promise<{ cpuMs: number; walBytes: number }> {
  const { rows } = await client.query<{ pid: number; wal: string }>(
    "SELECT pg_backend_pid() AS pid, pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::text AS wal",
  );
  const server = statOf(rows[0]?.pid ?? 0)?.parent ?? 0;
  const processes = readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? (statOf(Number(name)) ?? []) : []));
  const ticks = processes
    .filter((one) => one.parent === server || one.pid === server)
    .reduce((sum, one) => sum + one.ticks + (one.pid === server ? one.childTicks : 0), 0);
  return { cpuMs: (ticks / CLOCK_TICKS) * 1000, walBytes: Number(rows[0]?.wal ?? 0) };
}

function statOf(pid: number): { pid: number; parent: number; ticks: number; childTicks: number } | null {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /, '')
      .split(' ')
      .map(Number);
    const [, parent = 0] = fields;
    return { pid, parent, ticks: (fields[11] ?? 0) + (fields[12] ?? 0), childTicks: (fields[13] ?? 0) + (fields[14] ?? 0) };
  } catch {
    return null; // it ended meanwhile
  }
}

/** Detection shared out over 1, 2 and 4 replicas on one PostgreSQL: catching up, and ticks of 10,000 metrics. */
export async function benchReplicas(): Promise<BenchResult> {
  const server = await startPg();
  try {
    const filled = await server.createDatabase('filled');
    const store = await openStore(filled);
    for (let minute = 0; minute < HISTORY; minute += 1) await store.metrics.append(minuteOf(minute));
    await store.close();
    const figures: Record<string, Measured> = {};
    for (const replicas of COUNTS) figures[`replicas_${replicas}`] = await measure(await server.createDatabase(`bench_${replicas}`, 'filled'), replicas);
    const [one, two] = [figures['replicas_1'], figures['replicas_2']];
    const ratio = (two?.pointsPerSecond ?? 0) / (one?.pointsPerSecond ?? 1);
    const byCpu = (one?.busiestCpuMs ?? 0) / (two?.busiestCpuMs ?? 1);
    return { name: 'replicas', figures: { ...figures, ratio_by_processor_time: byCpu }, ratio, against: 'one replica on the same database in the same run' };
  } finally {
    await server.close();
  }
}
