import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parse, stringify } from 'yaml';
import { OPS_CHANNEL } from '../src/cli/sandbox.ts';
import { Detector } from '../src/detect/detector.ts';
import { startLocalSlack } from '../src/sandbox/slack/local-slack.ts';
import type { LocalSlack } from '../src/sandbox/slack/types.ts';
import { openStore } from '../src/store/open.ts';
import type { BenchResult } from './types.ts';

const METRICS = 10_000;
const POINTS = 90;
const MINUTE_MS = 60_000;
const IDLE_MS = 20_000;
const TAKES = 3;
const PROJECT = join(import.meta.dirname, '..');

/**
 * `opsloop start` as it ships, in a process of its own, against this machine's own Slack workspace and a simulated account, over a
 * database that holds the states of 10,000 metrics: from the start of the process until /readyz says yes (Slack connected, store
 * answering, the first tick over), and the memory it holds then and 20 seconds later. The first start also fills the folder of compiled
 * code and the knowledge base; the median of the others counts. Against node doing nothing.
 */
export async function benchStart(takes = TAKES): Promise<BenchResult> {
  const dir = mkdtempSync(join(tmpdir(), 'opsloop-start-'));
  const slack = await startLocalSlack({ manifest: parse(readFileSync(join(PROJECT, 'manifest.yml'), 'utf8')) });
  try {
    const bareMb = await bareNode();
    await fill(join(dir, 'opsloop.db'));
    const first = await take(dir, slack);
    const later: Take[] = [];
    for (let n = 0; n < takes; n += 1) later.push(await take(dir, slack));
    const median = (of: (one: Take) => number): number => Math.round(later.map(of).sort((a, b) => a - b)[Math.floor(takes / 2)] ?? Number.NaN);
    const idleMb = median((one) => one.idleMb);
    return {
      name: 'start',
      figures: {
        metric_states: METRICS,
        ready_ms: median((one) => one.readyMs),
        cpu_ms: median((one) => one.cpuMs),
        first_ready_ms: Math.round(first.readyMs),
        rss_ready_mb: median((one) => one.readyMb),
        rss_idle_mb: idleMb,
        rss_bare_node_mb: Math.round(bareMb),
      },
      ratio: idleMb / bareMb,
      against: 'the memory of a node process that does nothing',
    };
  } finally {
    await slack.stop();
    rmSync(dir, { recursive: true, force: true });
  }
}

interface Take {
  readonly readyMs: number;
  readonly cpuMs: number; // processor time up to ready, all threads
  readonly readyMb: number;
  readonly idleMb: number;
}

async function take(dir: string, slack: LocalSlack): Promise<Take> {
  const startedAt = performance.now();
  const child = start(dir, slack);
  try {
    const port = await portOf(child);
    while (!(await isReady(port))) {
      if (performance.now() - startedAt > 60_000) throw new Error('opsloop was not ready within a minute');
      await sleep(10);
    }
    const readyMs = performance.now() - startedAt;
    const [cpuMs, readyMb] = [cpuOf(child), memoryOf(child)];
    await sleep(IDLE_MS);
    return { readyMs, cpuMs, readyMb, idleMb: memoryOf(child) };
  } finally {
    child.kill('SIGTERM');
    if (child.exitCode === null) await once(child, 'exit');
  }
}

function start(dir: string, slack: LocalSlack): ChildProcess {
  const config = join(dir, 'opsloop.config.yaml');
  writeFileSync(
    config,
    stringify({
      store: { path: join(dir, 'opsloop.db') },
      knowledge: { path: join(dir, 'knowledge.db'), archive: join(dir, 'archive') },
      slack: { channel: OPS_CHANNEL },
      policy: { requesters: ['*'], approvers: [], operators: [] },
      http: { port: 0 },
    }),
  );
  return spawn(process.execPath, [join(PROJECT, 'src/launch.mjs'), 'start'], {
    cwd: dir,
    env: { ...process.env, OPSLOOP_CONFIG: config, SLACK_BOT_TOKEN: slack.botToken, SLACK_APP_TOKEN: slack.appToken, SLACK_API_URL: slack.apiUrl },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
}

/** The port from its log line; it must be heard before the process ends. */
function portOf(child: ChildProcess): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  let said = '';
  child.stderr?.on('data', (chunk) => {
    if (said.length < 100_000) said += String(chunk);
    const port = /"http":\[\{[^\]]*?"port":(\d+)/.exec(said)?.[1];
    if (port !== undefined) resolve(Number(port));
  });
  child.once('exit', () => reject(new Error(`opsloop ended before it was ready: ${said}`)));
  return promise;
}

const isReady = (port: number): Promise<boolean> =>
  fetch(`http://127.0.0.1:${port}/readyz`).then(
    (response) => response.ok,
    () => false,
  );

/** Resident memory, MB, as the kernel counts it. */
function memoryOf({ pid }: ChildProcess): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
}

/** Processor time of all threads, user and system; the kernel counts it in hundredths. */
function cpuOf({ pid }: ChildProcess): number {
  const [, user = Number.NaN, system = Number.NaN] = /\) \S(?: -?\d+){10} (\d+) (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.map(Number) ?? [];
  return (user + system) * 10;
}

async function bareNode(): Promise<number> {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000); console.log(1)'], { stdio: ['ignore', 'pipe', 'inherit'] });
  if (child.stdout !== null) await once(child.stdout, 'data');
  await sleep(200);
  const mb = memoryOf(child);
  child.kill();
  await once(child, 'exit');
  return mb;
}

/** A database as an hour and a half of 10,000 metrics leaves it. */
async function fill(path: string): Promise<void> {
  mkdirSync(join(path, '..'), { recursive: true });
  const store = await openStore(path);
  const detector = new Detector();
  const nowMs = Date.now();
  const fromMs = Math.floor(nowMs / MINUTE_MS) * MINUTE_MS - POINTS * MINUTE_MS;
  for (let index = 0; index < METRICS; index += 1) {
    const host = `h${Math.floor(index / 5)}`;
    detector.observe(
      {
        ref: { namespace: 'Bench', name: `metric-${index % 5}`, dimensions: { Host: host }, stat: 'Average' },
        resourceId: `ec2/${host}`,
        unit: 'Percent',
        periodMs: MINUTE_MS,
        points: Array.from({ length: POINTS }, (_, n) => ({ timestampMs: fromMs + n * MINUTE_MS, value: 50 + ((index + n * 7919) % 97) / 10 })),
      },
      nowMs,
    );
  }
  await store.transaction(async (tx) => {
    for (const states of detector.takeStates()) await tx.detector.save(states);
  });
  await store.close();
}
