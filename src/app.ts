import { randomUUID } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { CATALOGUE } from './action/catalogue/index.ts';
import { listedRefusal } from './action/people.ts';
import { policyProblems } from './action/policy.ts';
import { createChartRenderer } from './charts/renderer.ts';
import { Collector, type Sources } from './collect/collector.ts';
import type { Config } from './config.ts';
import { personOf, user } from './domain/actor.ts';
import { OpsError } from './domain/errors.ts';
import type { Log } from './domain/log.ts';
import type { Archive, Clock, Ids, KnowledgeBase, Remediator } from './domain/ports.ts';
import type { Store } from './domain/store.ts';
import { openFolderArchive } from './embedded/archive.ts';
import { openEmbeddedKnowledge } from './embedded/knowledge.ts';
import { loadLibrary } from './embedded/library.ts';
import { createServer } from './http/server.ts';
import { createDetectionEngine } from './loop/detection/engine.ts';
import { createWorkerEngine } from './loop/detection/worker-engine.ts';
import type { Ops } from './loop/ops.ts';
import { incidentPicture } from './loop/picture.ts';
import { Executor } from './loop/plans/executor.ts';
import { CLOSED_LOOP } from './loop/stages/index.ts';
import { createTick, TickHealth } from './loop/tick.ts';
import { createVerbs } from './loop/verbs/index.ts';
import type { Verbs } from './loop/verbs.ts';
import { runbookKey } from './pattern/archive-keys.ts';
import { createSlackEdge, type SlackEdge } from './slack/app.ts';
import type { Timing } from './slack/timing.ts';
import { openStore } from './store/open.ts';

/** What is watched and acted on: a real account, or the simulated one. */
export interface Account {
  readonly sources: Sources;
  readonly remediator: Remediator;
}

export interface AppParts {
  readonly config: Config;
  readonly account: Account;
  readonly log: Log;
  readonly clock?: Clock;
  readonly ids?: Ids;
  readonly onFatal?: (error: OpsError) => void;
  /** How Slack is paced, in real time; for tests and the sandbox. */
  readonly timing?: Partial<Timing>;
}

export interface App {
  readonly verbs: Verbs;
  readonly store: Store;
  readonly slack: SlackEdge;
  readonly http: FastifyInstance;
  readonly executor: Executor;
  /** One round of the closed loop; a call during a round waits for that one. */
  tick(): Promise<void>;
  /** Connects to Slack, takes up what a crash left, and looks for plans that are due every second. */
  start(): Promise<void>;
  /** Lets what is under way finish; the rest is in the store. */
  stop(): Promise<void>;
}

const PULSE_MS = 1000;
const HOUR_MS = 3_600_000;
const systemClock: Clock = { now: () => Date.now() };
const randomIds: Ids = { next: (prefix) => `${prefix}_${randomUUID()}` };

/** The composition root: config → adapters → agents → edges. */
export async function createApp(parts: AppParts): Promise<App> {
  const { config, log } = parts;
  const problems = policyProblems(config.policy, CATALOGUE);
  if (problems.length > 0) throw new OpsError('invalid_input', `The config is not valid:\n${problems.join('\n')}`);
  const clock = parts.clock ?? systemClock;
  const store = await openStore(config.store.path, { clock });
  const knowledge = await openEmbeddedKnowledge(config.knowledge.path);
  const archive = openFolderArchive(config.knowledge.archive);
  const charts = createChartRenderer();
  const slack = createSlackEdge({
    slack: config.slack,
    store,
    clock,
    log,
    chart: async (incidentId) => {
      const spec = await incidentPicture(store, incidentId, clock.now());
      return spec === null ? null : await charts.metricPng(spec);
    },
    runbook: async (slug) => (await archive.get(runbookKey(slug)))?.content ?? null,
    mayApprove: async (userId, plan) =>
      personOf(plan.requestedBy) !== userId && (await listedRefusal(user(userId), 'approvers', config.policy, slack.directory)) === null,
    onFatal: parts.onFatal ?? (() => undefined),
    ...(parts.timing === undefined ? {} : { timing: parts.timing }),
  });
  const ops = createOps(parts, { store, clock, knowledge, archive, slack });
  const verbs = createVerbs(ops);
  const http = createServer({ verbs, store, clock, log, slackReady: () => slack.ready() });
  let pulse: NodeJS.Timeout | null = null;
  return {
    verbs,
    store,
    slack,
    http,
    executor: ops.executor,
    tick: createTick(ops, CLOSED_LOOP),
    async start() {
      await seed(knowledge, archive);
      await ops.executor.recover();
      await slack.start(verbs);
      pulse = setInterval(() => ops.executor.wake(), PULSE_MS);
    },
    async stop() {
      if (pulse !== null) clearInterval(pulse);
      await http.close();
      await slack.stop();
      await ops.executor.idle();
      await ops.detection.close();
      await charts.close();
      await knowledge.close();
      await store.close();
    },
  };
}

function createOps(parts: AppParts, made: { store: Store; clock: Clock; knowledge: KnowledgeBase; archive: Archive; slack: SlackEdge }): Ops {
  const { config, account, log } = parts;
  const detection = config.detection.worker
    ? createWorkerEngine(config.store.path, { thresholds: config.detection.thresholds })
    : createDetectionEngine(made.store, { thresholds: config.detection.thresholds });
  const ops: Ops = {
    ...made,
    ids: parts.ids ?? randomIds,
    log,
    policy: config.policy,
    catalogue: CATALOGUE,
    collector: new Collector(account.sources, { backfillMs: config.loop.backfill_h * HOUR_MS, timeoutMs: config.loop.source_timeout_s * 1000 }),
    detection,
    logSources: account.sources.logs,
    remediator: account.remediator,
    directory: made.slack.directory,
    narrator: null,
    keepMetricsMs: config.store.keep_metrics_h * HOUR_MS,
    health: new TickHealth(),
    get executor() {
      return executor;
    },
  };
  const executor = new Executor(ops);
  return ops;
}

/** A fresh knowledge base starts with the library that ships; what people changed since is theirs. */
async function seed(knowledge: KnowledgeBase, archive: Archive): Promise<void> {
  if ((await knowledge.list()).length > 0) return;
  const library = await loadLibrary();
  await knowledge.save(library.patterns);
  for (const { key, content } of library.files) await archive.put(key, content, { ifMatch: null }).catch(keepExisting);
}

function keepExisting(thrown: unknown): void {
  if (!(thrown instanceof OpsError && thrown.code === 'conflict')) throw thrown;
}
