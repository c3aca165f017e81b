import { randomUUID } from 'node:crypto';
import { CATALOGUE } from './action/catalogue/index.ts';
import type { Account, Base } from './base.ts';
import { Collector, type Sources } from './collect/collector.ts';
import { type Config, storeAddress } from './config.ts';
import type { IngestionView } from './domain/ingestion.ts';
import type { Log } from './domain/log.ts';
import type { Plan } from './domain/plan.ts';
import type { Policy } from './domain/policy.ts';
import type { Directory, Ids, Narrator } from './domain/ports.ts';
import type { Quiet } from './domain/quiet.ts';
import type { Replicas } from './domain/replica.ts';
import type { PolicyChange } from './domain/requests.ts';
import type { Step } from './domain/step.ts';
import type { Store } from './domain/store.ts';
import type { SourceStatus } from './domain/views.ts';
import { openTopologyFile } from './embedded/topology-file.ts';
import { createDetectionEngine } from './loop/detection/engine.ts';
import { LogReader } from './loop/detection/log-reader.ts';
import { createWorkerEngine } from './loop/detection/worker-engine.ts';
import { createLeaderCalls } from './loop/leader-calls.ts';
import type { Narration, Ops } from './loop/ops.ts';
import { mayApprove } from './loop/plans/approvals.ts';
import { Executor } from './loop/plans/executor.ts';
import { PolicySource } from './loop/policy-source.ts';
import { PolicyTogether } from './loop/shared-policy.ts';
import { CLOSED_LOOP, HOUSEKEEPING, URGENT } from './loop/stages/index.ts';
import { createTeam } from './loop/team.ts';
import { createRounds, runOne, TickHealth } from './loop/tick.ts';
import { leaderWorks } from './loop/verbs/detect.ts';
import { createVerbs } from './loop/verbs/index.ts';
import { announcePolicy, refreshPolicy } from './loop/verbs/policy.ts';
import type { Verbs } from './loop/verbs.ts';
import { sourcesInSteps, verbsInSteps } from './telemetry/around.ts';
import { plainStep } from './telemetry/steps.ts';
import { createTogether } from './together.ts';

export interface CoreParts {
  readonly config: Config;
  readonly account: Account;
  readonly directory: Directory;
  readonly log: Log;
  readonly ids?: Ids;
  readonly step?: Step; // left out: for log lines only
  /** Reads the policy from the config again, the whole of which must be valid; left out: there is nothing to read. */
  readonly readPolicy?: () => Policy;
}

/** The loop without any edge: what ticks, decides and acts. */
export interface Core {
  readonly verbs: Verbs;
  readonly executor: Executor;
  readonly ids: Ids;
  readonly health: TickHealth;
  /** Whether this person's approval would count for a plan now. */
  mayApprove(userId: string, plan: Plan): Promise<boolean>;
  /** At start: writes down how the policy differs from the one before. */
  announcePolicy(): Promise<void>;
  /** The config may have changed: its policy counts from now on, when it is valid. Null: it is not. */
  refreshPolicy(): Promise<PolicyChange | null>;
  /** How each source has been doing. */
  sources(): readonly SourceStatus[];
  /** How the knowledge base takes up what changed; null: it needs no time for that. */
  ingestion(): IngestionView | null;
  readonly replicas: Replicas;
  /** Joins the other replicas, where there are any, and takes up what a crash left. */
  start(): Promise<void>;
  /** One round of the closed loop; a call during a round waits for that one. Nothing in a replica that does not lead. */
  tick(): Promise<void>;
  /** An alarm was pushed: it does not wait for the next tick. */
  hurry(): void;
  close(): Promise<void>;
}

const HOUR_MS = 3_600_000;
const randomIds: Ids = { next: (prefix) => `${prefix}_${randomUUID()}` };

/** Agents and loop over an opened base. OpsError('invalid_input') when the policy contradicts the catalogue. */
export function createCore(base: Base, parts: CoreParts): Core {
  const { config, account, log } = parts;
  const policies = new PolicySource(config.policy, parts.readPolicy ?? null, CATALOGUE);
  const { thresholds, worker } = config.detection;
  const ids = parts.ids ?? randomIds;
  const step = parts.step ?? plainStep;
  const sources = sourcesInSteps(withTopologyFile(account.sources, config.topology.file), step);
  const { replicas, jobs, leaderStore } = createTogether({ config, log, store: base.store, clock: base.clock, policy: () => policies.current() });
  const policy = new PolicyTogether(
    () => policies.current(),
    () => replicas.others(),
    log,
  );
  const wake = base.store.wake;
  const shared = {
    ...base,
    ...{ ids, log, policies, replicas, jobs, wake },
    catalogue: CATALOGUE,
    collector: new Collector(sources, {
      backfillMs: config.loop.backfill_h * HOUR_MS,
      timeoutMs: config.loop.source_timeout_s * 1000,
    }),
    detection: worker ? createWorkerEngine(storeAddress(config), { thresholds }) : createDetectionEngine(base.store, { thresholds }),
    logReader: new LogReader(base.store, () => ids.next('log')),
    logSources: sources.logs,
    remediator: account.remediator,
    directory: parts.directory,
    narrator: narrationOf(config.narrator, account.narrator ?? null),
    auditKey: config.audit.key ?? null,
    keepMetricsMs: config.store.keep_metrics_h * HOUR_MS,
    maxStoreBytes: config.store.max_size_mb === undefined ? null : config.store.max_size_mb * 1_048_576,
    quiet: quietOf(config.quiet),
    health: new TickHealth(),
    step,
  };
  const opsOver = (store: Store): Ops => ({
    ...shared,
    store,
    get policy() {
      return policy.current();
    },
    get executor() {
      return executor;
    },
    get leader() {
      return leader;
    },
  });
  const ops = opsOver(base.store);
  const executor = new Executor(ops);
  const leaderOps = opsOver(leaderStore);
  const rounds = createRounds(leaderOps, CLOSED_LOOP, URGENT);
  const leader = createLeaderCalls({ replicas, wake, ids, log }, leaderWorks(leaderOps, rounds));
  for (const stage of HOUSEKEEPING) jobs.schedule(stage.name, '* * * * *', () => runOne(ops, stage));
  const team = createTeam(ops, rounds);
  return {
    verbs: verbsInSteps(createVerbs(ops), step),
    executor,
    ids: ops.ids,
    health: ops.health,
    mayApprove: (userId, plan) => mayApprove(ops, userId, plan),
    announcePolicy: () => announcePolicy(ops),
    refreshPolicy: () => refreshPolicy(ops),
    sources: () => ops.collector.status(),
    ingestion: () => ops.knowledge.ingestion?.() ?? null,
    replicas,
    start: () => team.start(),
    tick: () => team.tick(),
    hurry: () => team.hurry(),
    close: async () => {
      await rounds.close();
      await executor.idle();
      await jobs.stop();
      leader.close();
      await team.stop();
      await ops.detection.close();
      await base.knowledge.close();
      account.close?.();
      await base.store.close();
    },
  };
}

const narrationOf = (settings: Config['narrator'], by: Narrator | null): Narration | null =>
  by === null ? null : { by, timeoutMs: settings.timeout_ms, redaction: settings.redact ? { emails: true, accountIds: settings.redact_account_ids } : null };

/** What a team wrote down comes last: it wins over what was learned. */
const withTopologyFile = (sources: Sources, path: string | undefined): Sources =>
  path === undefined ? sources : { ...sources, topology: [...sources.topology, openTopologyFile(path)] };

const WEEKDAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'] as const;

const quietOf = (quiet: Config['quiet']): Quiet => ({
  cardsPerServiceAnHour: quiet.incidents_per_hour,
  cardsAnHour: quiet.cards_per_hour,
  remindAfterMs: quiet.remind_after_min * 60_000,
  remindMost: quiet.remind_most,
  digestDay: quiet.digest === 'off' ? -1 : WEEKDAYS.indexOf(quiet.digest),
  digestHour: quiet.digest_hour_utc,
});
