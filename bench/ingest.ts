import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createConnection, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openStore } from '../src/store/open.ts';
import type { Served } from './ingest-server.ts';
import { benchStart } from './start.ts';
import type { BenchResult } from './types.ts';

const SECONDS = 4;
const CONNECTIONS = 64;
const BATCH = 20;
const WARM_UP_S = 2; // until the code that runs is compiled

/** Where to send alerts, and in which shape. */
interface Target {
  readonly port: number;
  readonly path: string;
  readonly token: string | null;
  readonly wrap: (alerts: readonly object[]) => unknown;
}
interface Load {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly acknowledged: readonly number[]; // request numbers that got a 2xx
}

/**
 * Alerts accepted, deduplicated and durably stored before the 2xx, by the real HTTP edge on a real store in one process: one a
 * request and 20 a request, over 64 connections; then a kill -9 in the middle of the load, after which every alert that was
 * acknowledged must be there. How fast `opsloop start` is ready with the states of 10,000 metrics and what it holds when idle is taken of
 * the program as it ships (bench start). Against Debian's Alertmanager, which keeps them in memory, fed the same alerts when it is installed.
 */
export async function benchIngest(): Promise<BenchResult> {
  const dir = mkdtempSync(join(tmpdir(), 'opsloop-ingest-'));
  try {
    const ours = await start(dir);
    const target: Target = { port: ours.served.port, path: '/webhooks/alertmanager', token: ours.served.token, wrap: (alerts) => ({ version: '4', alerts }) };
    await load(target, 1, WARM_UP_S, 9_000_000);
    const cpuBefore = await ours.cpuMs();
    const single = await load(target, 1, SECONDS, 0);
    const cpuSingle = (await ours.cpuMs()) - cpuBefore;
    const batch = await load(target, BATCH, SECONDS, 1_000_000);
    const cpuBatch = (await ours.cpuMs()) - cpuBefore - cpuSingle;
    const lost = await killInTheMiddle(ours, target, dir);
    const theirs = await alertmanager();
    const { figures: started } = await benchStart(1);
    return {
      name: 'ingest',
      figures: {
        alerts_per_second: Math.round(single.perSecond),
        p50_ms: single.p50Ms,
        p99_ms: single.p99Ms,
        alerts_per_cpu_second: Math.round((single.acknowledged.length / cpuSingle) * 1000),
        alerts_per_second_batched: Math.round(batch.perSecond * BATCH),
        batched_p50_ms: batch.p50Ms,
        batched_p99_ms: batch.p99Ms,
        alerts_per_cpu_second_batched: Math.round(((batch.acknowledged.length * BATCH) / cpuBatch) * 1000),
        lost: lost,
        metric_states: started['metric_states'],
        start_to_ready_ms: started['ready_ms'],
        rss_idle_mb: started['rss_idle_mb'],
        ...(theirs === null
          ? {}
          : {
              alertmanager_per_second: Math.round(theirs.single.perSecond),
              alertmanager_per_cpu_second: Math.round((theirs.single.acknowledged.length / theirs.cpuSingleMs) * 1000),
              alertmanager_per_second_batched: Math.round(theirs.batch.perSecond * BATCH),
              alertmanager_per_cpu_second_batched: Math.round(((theirs.batch.acknowledged.length * BATCH) / theirs.cpuBatchMs) * 1000),
            }),
      },
      ratio: theirs === null ? null : single.perSecond / theirs.single.perSecond,
      against: theirs === null ? 'prometheus-alertmanager is not installed here' : 'prometheus-alertmanager, one alert a request, kept in memory only',
    };
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

interface Running {
  readonly child: ChildProcess;
  readonly served: Served;
  /** Processor time it has used, user and system. */
  cpuMs(): Promise<number>;
}

async function start(dir: string): Promise<Running> {
  const child = fork(join(import.meta.dirname, 'ingest-server.ts'), [dir], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const [served] = (await once(child, 'message')) as [Served];
  return {
    child,
    served,
    cpuMs: async () => {
      child.send('cpu');
      return ((await once(child, 'message')) as [number])[0];
    },
  };
}

async function killInTheMiddle(ours: Running, target: Target, dir: string): Promise<number> {
  setTimeout(() => ours.child.kill('SIGKILL'), 700);
  const { acknowledged } = await load(target, 1, 3, 2_000_000);
  if (ours.child.exitCode === null && ours.child.signalCode === null) await once(ours.child, 'exit');
  const store = await openStore(join(dir, 'opsloop.db'));
  const there = new Set<string>();
  for (let after = 0; ; ) {
    const { alarms, sequence } = await store.signals.alarmsSince(after, 10_000);
    if (alarms.length === 0) break;
    for (const alarm of alarms) there.add(alarm.id);
    after = sequence;
  }
  await store.close();
  if (acknowledged.length === 0) throw new Error('nothing was acknowledged before the kill: the measurement says nothing');
  return acknowledged.filter((n) => !there.has(`alertmanager:f${2_000_000 + n}:firing:${STARTS_AT}`)).length;
}

const STARTS_AT = '2026-03-04T10:00:00.000Z';
const alertAt = (n: number) => ({
  status: 'firing',
  labels: { alertname: 'HighErrorRate', instance: `web-${n}:9100`, job: 'checkout', severity: 'critical', n: String(n) },
  annotations: { summary: 'Error rate of checkout is over 5 % for 10 minutes' },
  startsAt: STARTS_AT,
  endsAt: '0001-01-01T00:00:00Z',
  fingerprint: `f${n}`,
});

/** Keeps all connections busy for so long, one request after the other on each. Ends early when the server goes away. */
async function load(target: Target, alerts: number, seconds: number, from: number): Promise<Load> {
  const endsAt = performance.now() + seconds * 1000;
  const latencies: number[] = [];
  const acknowledged: number[] = [];
  let next = 0;
  const startedAt = performance.now();
  await Promise.all(
    Array.from(
      { length: CONNECTIONS },
      () =>
        new Promise<void>((resolve) => {
          const socket = createConnection({ port: target.port, host: '127.0.0.1', noDelay: true });
          let [n, sentAt, heard] = [0, 0, ''];
          const send = (): void => {
            if (performance.now() >= endsAt) return void socket.destroy();
            n = next++;
            sentAt = performance.now();
            socket.write(
              requestOf(
                target,
                Array.from({ length: alerts }, (_, k) => alertAt(from + n * alerts + k)),
              ),
            );
          };
          socket.on('connect', send);
          socket.on('data', (data) => {
            heard += data.toString('latin1');
            const head = heard.indexOf('\r\n\r\n');
            if (head === -1 || heard.length < head + 4 + Number(/content-length: (\d+)/i.exec(heard)?.[1] ?? 0)) return;
            if (!heard.startsWith('HTTP/1.1 2')) throw new Error(heard.slice(0, 500));
            latencies.push(performance.now() - sentAt);
            acknowledged.push(n);
            heard = '';
            send();
          });
          socket.on('error', () => socket.destroy());
          socket.on('close', () => resolve());
        }),
    ),
  );
  const tookS = (performance.now() - startedAt) / 1000;
  latencies.sort((a, b) => a - b);
  const at = (share: number): number => Number((latencies[Math.floor(latencies.length * share)] ?? Number.NaN).toFixed(1));
  return { perSecond: latencies.length / tookS, p50Ms: at(0.5), p99Ms: at(0.99), acknowledged };
}

function requestOf({ path, token, wrap }: Target, alerts: readonly object[]): string {
  const body = JSON.stringify(wrap(alerts));
  const auth = token === null ? '' : `Authorization: Bearer ${token}\r\n`;
  return `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n${auth}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}

interface Theirs {
  readonly single: Load;
  readonly batch: Load;
  readonly cpuSingleMs: number;
  readonly cpuBatchMs: number;
}

/** Processor time of a process, user and system, as Linux counts it (in hundredths of a second). */
function cpuMsOf({ pid }: ChildProcess): number {
  const [, user = Number.NaN, system = Number.NaN] = /\) \S(?: -?\d+){10} (\d+) (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.map(Number) ?? [];
  return (user + system) * 10;
}

/** The same alerts into Debian's Alertmanager; null when it is not installed. */
async function alertmanager(): Promise<Theirs | null> {
  const program = onPath('prometheus-alertmanager');
  if (program === null) return null;
  const dir = mkdtempSync(join(tmpdir(), 'alertmanager-'));
  writeFileSync(join(dir, 'config.yml'), 'route:\n  receiver: none\nreceivers:\n  - name: none\n');
  const port = await freePort();
  const args = [`--config.file=${join(dir, 'config.yml')}`, `--storage.path=${dir}`, `--web.listen-address=127.0.0.1:${port}`, '--cluster.listen-address='];
  const child = spawn(program, args, { stdio: 'ignore' });
  try {
    for (let tries = 0; !(await answers(port)); tries += 1) {
      if (child.exitCode !== null || tries >= 200) throw new Error('prometheus-alertmanager did not start');
      await sleep(100);
    }
    const target: Target = {
      port,
      path: '/api/v2/alerts',
      token: null,
      wrap: (alerts) => alerts.map((alert) => ({ ...alert, status: undefined, fingerprint: undefined, endsAt: undefined })),
    };
    await load(target, 1, WARM_UP_S, 9_000_000);
    const before = cpuMsOf(child);
    const single = await load(target, 1, SECONDS, 0);
    const between = cpuMsOf(child);
    const batch = await load(target, BATCH, SECONDS, 1_000_000);
    return { single, batch, cpuSingleMs: between - before, cpuBatchMs: cpuMsOf(child) - between };
  } finally {
    if (child.exitCode === null) {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    rmSync(dir, { recursive: true, force: true });
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** Where a program is; null: it is not installed. */
function onPath(name: string): string | null {
  const found = (process.env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, name));
  return found.find((file) => existsSync(file)) ?? null;
}

const answers = (port: number): Promise<boolean> =>
  fetch(`http://127.0.0.1:${port}/-/ready`).then(
    (response) => response.ok,
    () => false,
  );
