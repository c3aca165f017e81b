import type { Alarm, Change, LogLine } from '../../domain/signals.ts';
import { type AlarmState, alarmRules, watch } from './alarms.ts';
import { BLOCK_MIN, Blocks } from './blocks.ts';
import { buildWorld } from './build.ts';
import type { FaultBehaviour, FaultMinute, Happened, Said } from './faults/fault.ts';
import { requireFault } from './faults/index.ts';
import { herringChanges, herringSays, isOn, pushHerring } from './herrings.ts';
import { published, type Series, seriesOf } from './metrics.ts';
import { propagate } from './propagate.ts';
import type { FaultSpec, Scenario } from './schema.ts';
import { symptoms } from './symptoms.ts';
import { clearEffects, type Node, type World } from './world.ts';

export const MINUTE_MS = 60_000;
const RUN_IN_MIN = 90; // lets queues settle before the first minute that counts
const FADE = 0.3; // what is left of a healed fault after each minute
const FADE_MIN = 3;
const EVENTS_MAX = 200_000;

/** One fault of the scenario, or injected later, with its story so far. */
export interface FaultRun {
  readonly id: string;
  readonly spec: FaultSpec;
  readonly behaviour: FaultBehaviour;
  readonly startMinute: number;
  begun: boolean;
  healedMinute: number | null;
  healedBy: string | null; // idempotency key of the execution
  reliefMinute: number | null;
}

/** The account minute by minute: state, what it published, and what it logged. Deterministic by scenario, seed and what was done to it. */
export class Simulation {
  readonly scenario: Scenario;
  readonly seed: number;
  readonly startMs: number;
  readonly world: World;
  readonly series: readonly Series[];
  readonly blocks: Blocks;
  readonly faults: FaultRun[] = [];
  readonly lines: LogLine[] = []; // of trouble; ordinary chatter is made when read
  readonly changes: Change[] = [];
  readonly alarms: Alarm[] = [];
  readonly #alarmStates: readonly AlarmState[];
  #minute = -1; // the last minute that has been lived through

  constructor(scenario: Scenario, seed: number, startMs: number) {
    this.scenario = scenario;
    this.seed = seed;
    this.startMs = startMs;
    this.world = buildWorld(scenario, seed);
    this.series = seriesOf(this.world);
    this.blocks = new Blocks(this.series.length);
    this.#alarmStates = alarmRules(this.series).map((rule) => ({ rule, over: 0, under: 0, ringing: false }));
    for (const spec of scenario.faults) this.addFault(spec, 0);
    for (let minute = -RUN_IN_MIN; minute < 0; minute += 1) runHealthy(this.world, scenario, minute);
  }

  get minute(): number {
    return this.#minute;
  }

  msOf(minute: number): number {
    return this.startMs + minute * MINUTE_MS;
  }

  node(id: string): Node | null {
    return this.world.byId.get(id) ?? null;
  }

  addFault(spec: FaultSpec, fromMinute: number): FaultRun {
    const run: FaultRun = {
      id: `${spec.kind}#${this.faults.length + 1}`,
      spec,
      behaviour: requireFault(spec.kind).create(spec),
      startMinute: fromMinute + spec.at_min,
      begun: false,
      healedMinute: null,
      healedBy: null,
      reliefMinute: null,
    };
    this.faults.push(run);
    return run;
  }

  /** Lives through all minutes up to and including `minute`. */
  advance(minute: number): void {
    while (this.#minute < minute) {
      this.#minute += 1;
      this.#step(this.#minute);
    }
  }

  #step(minute: number): void {
    const { world } = this;
    for (const node of world.nodes) {
      clearEffects(node.effects);
      if (node.blip !== null && node.blip.untilMinute <= minute) node.blip = null;
    }
    this.#herrings(minute);
    const active = this.#pushFaults(minute);
    propagate(world, minute);
    this.#record(minute);
    if (active.length > 0) this.#sayTrouble(minute, active);
    else if (world.nodes.some((node) => !node.settings.running)) this.#sayTrouble(minute, []);
    this.#watchAlarms(minute);
  }

  #herrings(minute: number): void {
    for (const herring of this.scenario.red_herrings) {
      const target = this.node(herring.target);
      if (target === null || !isOn(herring, minute)) continue;
      if (minute === 0 || !isOn(herring, minute - 1)) this.happened(minute, target, herringChanges(herring, target));
      pushHerring(herring, target);
      this.#say(minute, target, herringSays(herring));
    }
  }

  #pushFaults(minute: number): { readonly run: FaultRun; readonly at: FaultMinute }[] {
    const active = [];
    for (const run of this.faults) {
      const target = this.node(run.spec.target);
      if (target === null || minute < run.startMinute) continue;
      if (!run.begun) {
        run.begun = true;
        this.happened(minute, target, run.behaviour.begin?.(target) ?? []);
      }
      const ends = run.behaviour.endsAfterMin;
      if (ends !== undefined && run.healedMinute === null && minute >= run.startMinute + ends) this.end(run, minute, null);
      const strength = run.healedMinute === null ? 1 : FADE ** (minute - run.healedMinute + 1);
      if (run.healedMinute !== null && minute - run.healedMinute >= FADE_MIN) continue;
      const at: FaultMinute = {
        world: this.world,
        target,
        minute,
        age: minute - run.startMinute,
        strength,
        sinceRelief: minute - Math.max(run.startMinute, run.reliefMinute ?? run.startMinute),
      };
      run.behaviour.push(at);
      active.push({ run, at });
    }
    return active;
  }

  /** A fault is over: by an execution, or by itself. */
  end(run: FaultRun, minute: number, key: string | null): void {
    run.healedMinute = minute;
    run.healedBy = key;
    const target = this.node(run.spec.target);
    if (target !== null) run.behaviour.healed?.(target);
  }

  #record(minute: number): void {
    const row = this.blocks.row(minute);
    const missing = this.scenario.red_herrings.filter((herring) => herring.kind === 'missing_data' && isOn(herring, minute));
    for (let i = 0; i < this.series.length; i += 1) {
      const one = this.series[i];
      if (one === undefined) continue;
      const silent =
        !one.node.settings.exists || missing.some(({ target, metric }) => target === one.node.resource.id && (metric === undefined || metric === one.ref.name));
      row[i] = silent ? Number.NaN : published(one, this.seed, minute);
    }
  }

  #sayTrouble(minute: number, active: readonly { readonly run: FaultRun; readonly at: FaultMinute }[]): void {
    for (const { run, at } of active) this.#say(minute, at.target, run.behaviour.say?.(at) ?? []);
    for (const node of this.world.nodes) this.#say(minute, node, symptoms(node));
  }

  #say(minute: number, node: Node, said: readonly Said[]): void {
    for (const [index, one] of said.entries()) {
      this.lines.push({
        id: `${node.resource.id}/${minute}/e${index}-${this.lines.length}`,
        timestampMs: this.msOf(minute) - MINUTE_MS + 5_000 + index * 7_000,
        group: logGroup(node),
        resourceId: node.resource.id,
        ...one,
      });
    }
    if (this.lines.length > EVENTS_MAX) this.lines.splice(0, this.lines.length - EVENTS_MAX);
  }

  /** Files change events of a minute. */
  happened(minute: number, node: Node, all: readonly Happened[]): void {
    for (const one of all) {
      this.changes.push({ id: `change-${minute}-${this.changes.length}`, timestampMs: this.msOf(minute), resourceId: node.resource.id, ...one });
    }
    if (this.changes.length > EVENTS_MAX) this.changes.splice(0, this.changes.length - EVENTS_MAX);
  }

  #watchAlarms(minute: number): void {
    for (const state of this.#alarmStates) {
      const value = this.blocks.value(minute, state.rule.column);
      const turned = watch(state, value);
      const series = this.series[state.rule.column];
      if (turned === null || series === undefined) continue;
      this.alarms.push({
        id: `${state.rule.name}/${minute}`,
        name: state.rule.name,
        state: turned,
        timestampMs: this.msOf(minute),
        resourceId: series.node.resource.id,
        metric: series.ref,
        reason: `Threshold Crossed: ${series.ref.name} is ${value.toFixed(1)}, limit ${state.rule.above}, 3 of 3 minutes`,
      });
    }
  }
}

export const logGroup = (node: Node): string => `/${node.resource.kind}/${node.resource.name}`;

/** One minute of a healthy account: traffic, and the jobs that always run. */
function runHealthy(world: World, scenario: Scenario, minute: number): void {
  for (const node of world.nodes) clearEffects(node.effects);
  for (const herring of scenario.red_herrings) {
    const target = world.byId.get(herring.target);
    if (target !== undefined && herring.every_min !== undefined && isOn(herring, minute)) pushHerring(herring, target);
  }
  propagate(world, minute);
}

/** Fills one whole block before the start. Each has its own run-in, so that the order of reading never matters. */
export function fillHistory(blocks: Blocks, scenario: Scenario, seed: number, block: number): void {
  if (blocks.has(block)) return;
  const world = buildWorld(scenario, seed);
  const series = seriesOf(world);
  const first = block * BLOCK_MIN;
  for (let minute = first - RUN_IN_MIN; minute < first + BLOCK_MIN; minute += 1) {
    runHealthy(world, scenario, minute);
    if (minute < first) continue;
    const row = blocks.row(minute);
    for (let i = 0; i < series.length; i += 1) {
      const one = series[i];
      if (one !== undefined) row[i] = published(one, seed, minute);
    }
  }
}
