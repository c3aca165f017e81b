import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Base } from '../../src/base.ts';
import { type ConfigInput, parseConfig } from '../../src/config.ts';
import { type Core, createCore } from '../../src/core.ts';
import { type Actor, system } from '../../src/domain/actor.ts';
import type { Anomaly } from '../../src/domain/anomaly.ts';
import { OpsError } from '../../src/domain/errors.ts';
import { explain } from '../../src/domain/explanation.ts';
import type { Plan } from '../../src/domain/plan.ts';
import type { Policy } from '../../src/domain/policy.ts';
import type { Archive, Clock, Directory, KnowledgeBase, RemediationStep, Remediator } from '../../src/domain/ports.ts';
import type { Resource } from '../../src/domain/resource.ts';
import type { Store } from '../../src/domain/store.ts';
import { silentLog } from '../../src/log.ts';
import { ManualClock } from '../../src/sandbox/clock.ts';
import { openStore } from '../../src/store/open.ts';
import { anomaly, resource, T0 } from './make.ts';

export interface Call {
  readonly doing: 'execute' | 'rollback';
  readonly key: string;
  readonly step: RemediationStep;
  readonly atMs: number;
}

/** A target that does as told and writes down what it was told, without looking at keys: what is sent twice shows twice. */
export class Target implements Remediator {
  readonly name = 'desk';
  readonly actions: readonly string[] = [];
  readonly calls: Call[] = [];
  release = 1; // part of the fingerprint: a change from outside
  onExecute: (key: string) => void = () => undefined;
  before: ((signal: AbortSignal) => Promise<void>) | null = null; // between being told and acting
  after: (() => Promise<void>) | null = null; // between acting and answering
  fail: { execute?: OpsError; rollback?: OpsError } = {};
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  async inspect(step: RemediationStep) {
    return { summary: { release: String(this.release) }, fingerprint: `${step.targetId} ${this.release}` };
  }

  async dryRun(step: RemediationStep) {
    return explain('dry_run.desk', '{target} would be touched', { target: step.targetId });
  }

  async execute(step: RemediationStep, key: string, signal: AbortSignal) {
    if (this.fail.execute !== undefined) throw this.fail.execute;
    await this.before?.(signal);
    this.calls.push({ doing: 'execute', key, step, atMs: this.#now() });
    this.onExecute(key);
    await this.after?.();
    return { id: key };
  }

  async lookup(_step: RemediationStep, key: string) {
    const found = this.calls.some((call) => call.key === key && call.doing === 'execute');
    return { found: found ? ('yes' as const) : ('no' as const), receipt: found ? { id: key } : null };
  }

  async rollback(step: RemediationStep, receipt: Readonly<Record<string, string>>) {
    if (this.fail.rollback !== undefined) throw this.fail.rollback;
    await this.after?.();
    this.calls.push({ doing: 'rollback', key: receipt['id'] ?? '', step, atMs: this.#now() });
    return receipt;
  }

  executions(plan: Pick<Plan, 'idempotencyKey'>): readonly Call[] {
    return this.calls.filter((call) => call.doing === 'execute' && call.key === plan.idempotencyKey);
  }
}

const noFile = (): Policy => {
  throw new OpsError('conflict', 'There is no file.');
};

const noKnowledge: KnowledgeBase & { close(): Promise<void> } = {
  name: 'none',
  search: async () => ({ matches: [], source: 'none' }),
  save: async (patterns) => patterns,
  remove: async () => undefined,
  get: async () => null,
  list: async () => [],
  count: async () => 0,
  close: async () => undefined,
};

/** An archive in memory. */
export function memoryArchive(): Archive & { readonly texts: Map<string, string> } {
  const texts = new Map<string, string>();
  return {
    name: 'memory',
    texts,
    async put(key, content, options = {}) {
      if (options.ifMatch === null && texts.has(key)) throw new OpsError('conflict', `${key} exists already.`);
      texts.set(key, content);
      return { etag: String(content.length) };
    },
    async get(key) {
      const content = texts.get(key);
      return content === undefined ? null : { content, etag: String(content.length) };
    },
    list: async (prefix) => [...texts.keys()].filter((key) => key.startsWith(prefix)).sort(),
    remove: async (key) => void texts.delete(key),
  };
}

export interface DeskOptions {
  readonly policy: NonNullable<ConfigInput['policy']>;
  readonly directory: Directory;
  /** What the config file says when it is read again. */
  readonly readPolicy?: () => Policy;
  readonly resources?: readonly Resource[];
  /** Around the target as the bot sees it, e.g. to let its answers come in another order. */
  readonly wrap?: (target: Remediator) => Remediator;
  /** Added to the time as the bot sees it: a clock that jumps, back as well. */
  readonly skewMs?: () => number;
  /** Around the store as the bot sees it, e.g. to let something happen between two transactions. */
  readonly wrapStore?: (store: Store) => Store;
}

/** The real loop, verbs and store, on a target that keeps a journal: everything about plans, without Slack. */
export interface PlansDesk {
  readonly clock: ManualClock;
  readonly target: Target;
  readonly archive: ReturnType<typeof memoryArchive>;
  readonly store: Store;
  readonly core: Core;
  /** An incident on a resource, and a plan that this actor asked for. */
  propose(action: string, targetId: string, actor: Actor): Promise<Plan>;
  incident(targetId: string, over?: Partial<Anomaly>): Promise<string>;
  plan(id: string): Promise<Plan>;
  /** Looks at every plan, and waits for what runs. */
  kick(): Promise<void>;
  /** The process ends and another begins on the same store and target. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

export async function openPlansDesk(options: DeskOptions): Promise<PlansDesk> {
  const dir = mkdtempSync(join(tmpdir(), 'opsloop-desk-'));
  const clock = new ManualClock(T0);
  const target = new Target(() => clock.now());
  const seen: Clock = { now: () => clock.now() + (options.skewMs?.() ?? 0) };
  const archive = memoryArchive();
  const config = parseConfig({ store: { path: join(dir, 'opsloop.db') }, detection: { worker: false }, policy: options.policy });
  const start = async (): Promise<{ base: Base; core: Core }> => {
    const base: Base = { store: await openStore(config.store.path, { clock: seen }), knowledge: noKnowledge, archive, clock: seen };
    const account = {
      sources: { metrics: [], logs: [], changes: [], alarms: [], topology: [] },
      remediator: options.wrap?.(target) ?? target,
    };
    const core = createCore(
      { ...base, store: options.wrapStore?.(base.store) ?? base.store },
      { config, account, directory: options.directory, log: silentLog, readPolicy: options.readPolicy ?? noFile },
    );
    return { base, core };
  };
  let { base, core } = await start();
  await base.store.signals.saveTopology({ resources: [...(options.resources ?? [resource('ecs/checkout')])], dependencies: [] });
  let troubles = 0;

  const desk: PlansDesk = {
    clock,
    target,
    archive,
    get store() {
      return base.store;
    },
    get core() {
      return core;
    },
    async incident(targetId, over = {}) {
      troubles += 1;
      const startedAtMs = clock.now();
      const trouble = anomaly(targetId, { id: `anomaly-${troubles}`, startedAtMs, lastSeenAtMs: startedAtMs, ...over });
      await base.store.anomalies.save([trouble]);
      const draft = { severity: 0.8, service: null, environment: 'prod', resourceIds: [targetId], openedAtMs: startedAtMs, startedAtMs };
      const { id } = await base.store.incidents.open({ title: `${targetId} is slow`, ...draft, anomalyIds: [trouble.id] }, system('loop'));
      return id;
    },
    async propose(action, targetId, actor) {
      const { plan } = await core.verbs.proposeFix({ issue: await desk.incident(targetId), action, targetId }, actor);
      return plan;
    },
    async plan(id) {
      const found = await base.store.plans.get(id);
      if (found === null) throw new Error(`no plan ${id}`);
      return found;
    },
    async kick() {
      await core.executor.kick();
      await core.executor.idle();
    },
    async restart() {
      await core.close();
      ({ base, core } = await start());
      await core.executor.recover();
    },
    async close() {
      await core.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
  return desk;
}
