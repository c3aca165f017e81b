import type { FastifyInstance } from 'fastify';
import { localised } from '../blocks/locales/say.ts';
import { type Account, openBase } from './base.ts';
import { createChartRenderer } from './charts/renderer.ts';
import type { Config } from './config.ts';
import { type Core, createCore } from './core.ts';
import type { OpsError } from './domain/errors.ts';
import type { Log } from './domain/log.ts';
import type { Policy } from './domain/policy.ts';
import type { Clock, Ids } from './domain/ports.ts';
import type { Store } from './domain/store.ts';
import type { HttpSettings } from './http/parts.ts';
import { createServer } from './http/server.ts';
import { fetchText } from './http/webhooks/fetch.ts';
import { incidentPicture } from './loop/picture.ts';
import type { Executor } from './loop/plans/executor.ts';
import { drawStory } from './loop/story.ts';
import type { Verbs } from './loop/verbs.ts';
import { createMetrics } from './metrics/metrics.ts';
import { createWatchdog } from './metrics/watchdog.ts';
import { runbookKey } from './pattern/archive-keys.ts';
import { createSlackEdge, type SlackEdge } from './slack/app.ts';
import type { Timing } from './slack/timing.ts';
import type { Telemetry } from './telemetry/otlp.ts';
import { plainStep } from './telemetry/steps.ts';
import { createOutgoing } from './webhooks/outgoing.ts';
import { outgoingTargets } from './webhooks/targets.ts';

export interface AppParts {
  readonly config: Config;
  readonly account: Account;
  readonly log: Log;
  readonly clock?: Clock;
  readonly ids?: Ids;
  readonly onFatal?: (error: OpsError) => void;
  /** Reads the policy from the config again; left out: it holds until the end. */
  readonly readPolicy?: () => Policy;
  /** How Slack is paced, in real time; for tests and the sandbox. */
  readonly timing?: Partial<Timing>;
}

export interface App {
  readonly verbs: Verbs;
  readonly store: Store;
  readonly slack: SlackEdge;
  readonly http: FastifyInstance;
  readonly executor: Executor;
  /** The config may have changed: its policy counts from now on, when the whole is valid. */
  refreshPolicy(): Promise<void>;
  /** One round of the closed loop; a call during a round waits for that one. */
  tick(): Promise<void>;
  /** Connects to Slack, takes up what a crash left, and looks for plans that are due every second. */
  start(): Promise<void>;
  /** Lets what is under way finish; the rest is in the store. */
  stop(): Promise<void>;
}

const PULSE_MS = 1000;
const WATCH_MS = 30_000;
const SLACK_URL = 'https://slack.com/api/';

/** The composition root: config → adapters → agents → edges. */
export async function createApp(parts: AppParts): Promise<App> {
  const { config, log } = parts;
  const base = await openBase(config, parts.clock, parts.account, log);
  const { store, archive, clock } = base;
  const slackUrl = config.slack.api_url ?? SLACK_URL;
  const telemetry = await openTelemetry(config, slackUrl);
  const step = telemetry?.step ?? plainStep;
  const charts = createChartRenderer();
  const slack = createSlackEdge({
    leads: () => core.replicas.leads(),
    slack: config.slack,
    store,
    clock,
    log,
    chart: async (incidentId, locale) => {
      const spec = await incidentPicture(store, incidentId, clock.now());
      return spec === null ? null : await charts.metricPng({ ...spec, locale });
    },
    story: async (incidentId, locale) => await drawStory(store, charts, incidentId, locale, clock.now(), (sentence) => localised(sentence, locale)),
    draw: (spec) => charts.picturePng(spec),
    operators: config.policy.operators,
    linkBase: config.http.public_url ?? null,
    runbook: async (slug) => (await archive.get(runbookKey(slug)))?.content ?? null,
    mayApprove: (userId, plan) => core.mayApprove(userId, plan),
    onFatal: parts.onFatal ?? (() => undefined),
    ...(parts.timing === undefined ? {} : { timing: parts.timing }),
  });
  const core: Core = createCore(base, { ...parts, directory: slack.directory, step });
  const leads = (): boolean => core.replicas.leads();
  const metrics = createMetrics({
    ...{ store, clock, ticks: core.health },
    sources: () => core.sources(),
    slackUrl,
  });
  const watchdog = createWatchdog({
    ...{ store, clock, log, leads },
    pingUrl: config.watch.ping_url ?? null,
    lateMs: config.watch.late_s * 1000,
  });
  const outgoing = createOutgoing({ ...{ store, clock, log, leads }, targets: outgoingTargets(config) });
  const http = createServer({
    ...{ verbs: core.verbs, store, clock, ids: core.ids, log, ticks: core.health },
    slackReady: () => slack.ready(),
    leads,
    permalink: (subject) => slack.permalink(subject),
    sources: () => core.sources(),
    ingestion: () => core.ingestion(),
    settings: httpSettings(config),
    step,
    hurry: () => core.hurry(),
    metrics,
    fetchText,
  });
  const tick = async (): Promise<void> => {
    await core.tick();
    if (!leads()) return;
    metrics.ticked();
    await watchdog.ticked();
  };
  /** Another replica led until now: what it had begun is gone through, and the loop does not wait for the next minute. */
  const takeOver = async (): Promise<void> => {
    await core.executor.recover();
    await store.outbox.release();
    await tick();
  };
  let pulse: NodeJS.Timeout | null = null;
  let watch: NodeJS.Timeout | null = null;
  return {
    verbs: core.verbs,
    store,
    slack,
    http,
    executor: core.executor,
    async refreshPolicy() {
      await core.refreshPolicy();
    },
    tick,
    async start() {
      await core.announcePolicy();
      await core.start();
      await slack.start(core.verbs);
      core.replicas.onChange((leads) => {
        if (leads) takeOver().catch((thrown: unknown) => log.error({ err: thrown }, 'the lead could not be taken up; the next tick goes on'));
      });
      pulse = setInterval(() => core.executor.pulse(), PULSE_MS);
      outgoing.start();
      watch = setInterval(() => void watchdog.check().catch((thrown: unknown) => log.error({ err: thrown }, 'the watchdog could not speak')), WATCH_MS);
    },
    async stop() {
      if (pulse !== null) clearInterval(pulse);
      if (watch !== null) clearInterval(watch);
      await http.close();
      metrics.close();
      await outgoing.stop();
      await slack.stop();
      await charts.close();
      await core.close();
      await telemetry?.close();
    },
  };
}

/** Nothing of it is loaded unless the config names a collector. */
async function openTelemetry({ telemetry }: Config, slackUrl: string): Promise<Telemetry | null> {
  if (telemetry.otlp_url === undefined) return null;
  return (await import('./telemetry/otlp.ts')).openTelemetry({ url: telemetry.otlp_url, slackUrl });
}

const httpSettings = ({ http }: Config): HttpSettings => ({
  corsOrigins: http.cors_origins,
  ratePerMin: http.rate_per_min,
  webhooks: { secret: http.webhooks.secret ?? null, snsTopics: http.webhooks.sns_topics },
});
