import { z } from 'zod';
import { OpsError } from '../../domain/errors.ts';
import type { AlarmSource, ChangeSource, Clock, LogSource, MetricSource, Receipt, RemediationStep, Remediator, TopologySource } from '../../domain/ports.ts';
import { type Execution, perform, undo } from './executions.ts';
import { type Entry, parseSnapshot, readSnapshot, type Snapshot, writeSnapshot } from './journal.ts';
import { sandboxRemediator } from './remediator.ts';
import { readYaml } from './scenario.ts';
import { FaultSpecSchema, type Scenario } from './schema.ts';
import { MINUTE_MS, Simulation } from './simulation.ts';
import { alarmSource, changeSource, logSource, metricSource, topologySource } from './sources.ts';
import { type Trouble, Troubles } from './trouble.ts';
import { type Truth, truthOf } from './truth.ts';

const MINUTES_MAX = 60 * 1440;
const FAULTS_MAX = 100;
const EXECUTIONS_MAX = 10_000;

export interface SandboxOptions {
  readonly scenario: Scenario;
  readonly clock: Clock;
  readonly seed?: number; // default: the scenario's
  readonly startMs?: number; // the scenario's minute 0; default: now, cut to the minute
  /** Where the account keeps itself: read when it is there, replaced at each execution. Scenario, seed and start then come from it. */
  readonly stateFile?: string;
}

/** A simulated AWS account behind the real ports. It lives on by its clock, minute by minute, whenever it is looked at. */
export interface SandboxAccount {
  readonly scenario: Scenario;
  readonly startMs: number;
  readonly metrics: MetricSource;
  readonly logs: LogSource;
  readonly changes: ChangeSource;
  readonly alarms: AlarmSource;
  readonly topology: TopologySource;
  readonly remediator: Remediator;
  /** What reached the account, oldest first. */
  readonly executions: readonly Execution[];
  advanceTo(nowMs: number): void;
  /** One fault as YAML or as an object (kind, target, at_min from now, params); its id. */
  inject(fault: unknown): string;
  trouble(trouble: Trouble): void;
  truth(): Truth;
  snapshot(): Snapshot;
}

/** Opens an account: a new one of the scenario, or the one that is kept in `stateFile`. */
export function createSandboxAccount(options: SandboxOptions): SandboxAccount {
  const kept = options.stateFile === undefined ? null : readSnapshot(options.stateFile);
  if (kept !== null) return new Account(options, kept);
  const nowMs = options.clock.now();
  const startMs = Math.floor((options.startMs ?? nowMs) / MINUTE_MS) * MINUTE_MS;
  const seed = options.seed ?? options.scenario.seed;
  const account = new Account(options, { version: 1, scenario: options.scenario, seed, startMs, nowMs: startMs, entries: [] });
  account.persist();
  return account;
}

/** Brings an account back from what `snapshot()` gave. */
export function restoreSandboxAccount(snapshot: unknown, options: Pick<SandboxOptions, 'clock' | 'stateFile'>): SandboxAccount {
  const parsed = parseSnapshot(snapshot, 'the snapshot');
  const account = new Account(options, parsed);
  account.persist();
  return account;
}

class Account implements SandboxAccount {
  readonly scenario: Scenario;
  readonly startMs: number;
  readonly metrics: MetricSource;
  readonly logs: LogSource;
  readonly changes: ChangeSource;
  readonly alarms: AlarmSource;
  readonly topology: TopologySource;
  readonly remediator: Remediator;
  readonly clock: Clock;
  readonly troubles = new Troubles();
  readonly #stateFile: string | undefined;
  readonly #seed: number;
  readonly #simulation: Simulation;
  readonly #entries: Entry[] = [];
  readonly #executions = new Map<string, Execution>();
  readonly #undone = new Map<string, Receipt>();

  constructor(options: Pick<SandboxOptions, 'clock' | 'stateFile'>, origin: Snapshot) {
    this.clock = options.clock;
    this.#stateFile = options.stateFile;
    this.scenario = origin.scenario;
    this.startMs = origin.startMs;
    this.#seed = origin.seed;
    this.#simulation = new Simulation(origin.scenario, origin.seed, origin.startMs);
    for (const entry of origin.entries) this.#replay(entry);
    this.advanceTo(origin.nowMs);
    this.metrics = metricSource(this);
    this.logs = logSource(this);
    this.changes = changeSource(this);
    this.alarms = alarmSource(this);
    this.topology = topologySource(this);
    this.remediator = sandboxRemediator(this);
  }

  get executions(): readonly Execution[] {
    return [...this.#executions.values()];
  }

  nowMs(): number {
    return this.clock.now();
  }

  simulation(): Simulation {
    this.advanceTo(this.clock.now());
    return this.#simulation;
  }

  advanceTo(nowMs: number): void {
    const minute = Math.floor((nowMs - this.startMs) / MINUTE_MS);
    if (minute > MINUTES_MAX) throw new OpsError('limited', 'A simulated account lives for 60 days at most.', 'Delete its state file, or start a new one.');
    this.#simulation.advance(minute);
  }

  execution(key: string): Execution | null {
    return this.#executions.get(key) ?? null;
  }

  execute(step: RemediationStep, key: string): Execution {
    if (this.#executions.size >= EXECUTIONS_MAX) throw new OpsError('limited', 'The account has seen too many executions.', 'Start a new one.');
    this.simulation();
    const execution = perform(this.#simulation, step, key, this.clock.now());
    this.#executions.set(key, execution);
    this.#file({ type: 'execute', atMs: execution.atMs, key, step });
    return execution;
  }

  rollback(key: string): Receipt {
    const before = this.#undone.get(key);
    if (before !== undefined) return before;
    const execution = this.#executions.get(key);
    if (execution === undefined) throw new OpsError('not_found', 'No execution has this key.');
    this.simulation();
    const receipt = undo(this.#simulation, execution, this.clock.now());
    this.#undone.set(key, receipt);
    this.#file({ type: 'rollback', atMs: this.clock.now(), key });
    return receipt;
  }

  inject(fault: unknown): string {
    const parsed = FaultSpecSchema.safeParse(typeof fault === 'string' ? readYaml(fault, 'The fault') : fault);
    if (!parsed.success)
      throw new OpsError('invalid_input', `The fault is not valid:\n${z.prettifyError(parsed.error)}`, 'docs/scenarios.md lists the faults.');
    const simulation = this.simulation();
    if (simulation.faults.length >= FAULTS_MAX) throw new OpsError('limited', `An account takes at most ${FAULTS_MAX} faults.`, 'Start a new one.');
    if (simulation.node(parsed.data.target) === null) throw new OpsError('not_found', `There is no ${parsed.data.target} in the account.`);
    const run = simulation.addFault(parsed.data, simulation.minute + 1);
    this.#file({ type: 'inject', atMs: this.clock.now(), fault: parsed.data });
    return run.id;
  }

  trouble(trouble: Trouble): void {
    this.troubles.add(trouble);
  }

  truth(): Truth {
    return truthOf(this.simulation(), this.executions);
  }

  snapshot(): Snapshot {
    const nowMs = Math.max(this.startMs, this.#simulation.msOf(this.#simulation.minute));
    return { version: 1, scenario: this.scenario, seed: this.#seed, startMs: this.startMs, nowMs, entries: [...this.#entries] };
  }

  persist(): void {
    if (this.#stateFile !== undefined) writeSnapshot(this.#stateFile, this.snapshot());
  }

  #file(entry: Entry): void {
    this.#entries.push(entry);
    this.persist();
  }

  #replay(entry: Entry): void {
    this.advanceTo(entry.atMs);
    this.#entries.push(entry);
    if (entry.type === 'inject') this.#simulation.addFault(entry.fault, this.#simulation.minute + 1);
    else if (entry.type === 'execute') this.#executions.set(entry.key, perform(this.#simulation, entry.step, entry.key, entry.atMs));
    else this.#replayRollback(entry.key, entry.atMs);
  }

  #replayRollback(key: string, atMs: number): void {
    const execution = this.#executions.get(key);
    if (execution !== undefined) this.#undone.set(key, undo(this.#simulation, execution, atMs));
  }
}
