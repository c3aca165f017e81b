import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parse } from 'yaml';
import { ANA, BEN, IN_A_HURRY, LIWEI, OPS_CHANNEL } from '../../src/cli/sandbox.ts';
import { system } from '../../src/domain/actor.ts';
import { INCIDENT_STATES } from '../../src/domain/incident.ts';
import { FINAL_PLAN_STATES, PLAN_STATES, type Plan } from '../../src/domain/plan.ts';
import type { Store } from '../../src/domain/store.ts';
import { ManualClock } from '../../src/sandbox/clock.ts';
import { startLocalSlack } from '../../src/sandbox/slack/local-slack.ts';
import type { LocalSlack } from '../../src/sandbox/slack/types.ts';
import { openStore } from '../../src/store/open.ts';
import { anomaly, resource } from '../support/make.ts';
import { START_MS } from '../support/world.ts';
import { readJournal, TARGETS } from './account.ts';
import type { Flow } from './flows.ts';
import { type Faults, faultsOf } from './judge.ts';
import type { Kill } from './messages.ts';
import { BotProcess } from './process.ts';

const DMITRI = 'U0DMI0004';
const MINUTE_MS = 60_000;
const RUN_MS = 30_000; // longer than this, in real time, and the report counts as lost
const PATIENCE_MS = { press: 1000, tick: 100, verify: 0 }; // between two of a kind
const POLICY = {
  requesters: ['*'],
  approvers: [ANA, BEN, LIWEI],
  operators: [ANA],
  notice_s: 60,
  target_cooldown_min: 0,
  actions_per_hour: 1000,
  max_attempts_per_incident: 1,
};

/** What all worlds share: compiled modules, and a knowledge base that nothing here changes. */
export interface Places {
  readonly cache: string;
  readonly knowledge: string;
}

/** What one run is to do: kills by life of the process; `record` instead of a kill collects the points of that life. */
export interface Script {
  readonly flow: Flow;
  readonly lives: readonly (Kill | 'record' | null)[];
}
export interface RunResult extends Faults {
  readonly crashes: number;
  readonly state: Plan['state'];
  readonly points: readonly string[]; // of the life that was recorded
  readonly hit: readonly string[];
  readonly story: string; // when something went wrong: what the bot and Slack did last
}

/** One world: a Slack, a database and an account that outlive every bot that is killed on them. */
export class Lane {
  readonly dir: string;
  readonly #slack: LocalSlack;
  readonly #store: Store;
  readonly #places: Places;
  #bot: BotProcess;
  #next: BotProcess;
  readonly #clock: ManualClock;

  private constructor(dir: string, slack: LocalSlack, store: Store, clock: ManualClock, places: Places) {
    this.dir = dir;
    this.#slack = slack;
    this.#store = store;
    this.#clock = clock;
    this.#places = places;
    this.#bot = new BotProcess(places.cache);
    this.#next = new BotProcess(places.cache);
  }

  static async open(places: Places): Promise<Lane> {
    const dir = mkdtempSync(join(tmpdir(), 'opsloop-crash-'));
    const clock = new ManualClock(START_MS);
    const slack = await startLocalSlack({ manifest: parse(readFileSync('manifest.yml', 'utf8')), clock });
    const store = await openStore(join(dir, 'opsloop.db'));
    const lane = new Lane(dir, slack, store, clock, places);
    const resources = Object.keys(TARGETS).map((id) => resource(id));
    await store.signals.saveTopology({ resources, dependencies: [] });
    if (!(await lane.#go(null))) throw new Error('the first bot did not start');
    return lane;
  }

  async close(): Promise<void> {
    await Promise.all([this.#bot.kill(), this.#next.kill()]);
    await this.#slack.stop();
    await this.#store.close();
    rmSync(this.dir, { recursive: true, force: true });
  }

  /** Whether the audit chain still holds after everything that happened. */
  async auditHolds(): Promise<boolean> {
    return (await this.#store.audit.verify()).brokenAt === null;
  }

  /** One plan from the proposal to the last report, over as many lives of the bot as it takes. */
  async run(script: Script): Promise<RunResult> {
    const before = readJournal(join(this.dir, 'journal.jsonl')).length;
    const incidentId = await this.#openIncident(script.flow);
    const { action, targetId } = script.flow;
    const proposed = await this.#bot.ask({ type: 'propose', incidentId, action, targetId, userId: DMITRI }, 'proposed');
    if (proposed === null) throw new Error('the bot died before it was told to');
    await this.#quiet();
    const life = new Life(script);
    await this.#arm(life);
    const plan = await this.#carryThrough(proposed.planId, script.flow, life);
    if ((await this.#bot.ask({ type: 'arm', point: null, skip: 0 }, 'done')) === null) {
      life.died();
      await this.#restart(null);
      await this.#quiet();
    }
    const recorded = life.recorded ? await this.#bot.ask({ type: 'points' }, 'points') : null;
    const journal = readJournal(join(this.dir, 'journal.jsonl')).slice(before);
    const faults = faultsOf({ plan, incidentId, journal, ref: await this.#store.messages.get(incidentId), slack: this.#slack, channel: OPS_CHANNEL });
    await this.#letGo(incidentId);
    const wrong = faults.doubleExecution || faults.lostReport || faults.lostAlert;
    const story = wrong ? await this.#tell(plan.id) : '';
    await this.#closeIncident(incidentId);
    return { ...faults, crashes: life.crashes, hit: life.hit, state: plan.state, points: recorded?.points ?? [], story };
  }

  async #tell(planId: string): Promise<string> {
    const rows = (await this.#store.audit.list({ subject: planId, limit: 100 })).map((row) => `${row.verb}@${(row.atMs - START_MS) / 1000}`);
    const calls = this.#slack.calls().slice(-12);
    const said = calls.map((call) => `${call.method} ${call.outcome} ${Math.round(call.tookMs)} ms @${(call.atMs - START_MS) / 1000}`);
    const now = (this.#clock.now() - START_MS) / 1000;
    return `at ${now} s, ${await this.#store.outbox.size()} notices wait; ${rows.join(', ')}; Slack: ${said.join(', ')}`;
  }

  async #openIncident(flow: Flow): Promise<string> {
    const startedAtMs = this.#clock.now();
    const trouble = anomaly(flow.targetId, { id: `anomaly-${startedAtMs}`, startedAtMs, lastSeenAtMs: startedAtMs });
    await this.#store.anomalies.save([trouble]);
    const { id } = await this.#store.incidents.open(
      {
        title: `${flow.targetId} is slow`,
        severity: 0.8,
        service: null,
        environment: 'prod',
        resourceIds: [flow.targetId],
        openedAtMs: startedAtMs,
        startedAtMs,
        anomalyIds: [trouble.id],
      },
      system('loop'),
    );
    await this.#store.incidents.move(id, { from: ['open'], to: 'unresolved', actor: system('loop'), verb: 'incident.analysed', atMs: startedAtMs });
    return id;
  }

  /** What the loop proposed by itself after a plan failed comes to its end, so that it does not hold the next run's target. */
  async #letGo(incidentId: string): Promise<void> {
    const states = PLAN_STATES.filter((state) => !FINAL_PLAN_STATES.includes(state));
    for (let looks = 0; (await this.#store.plans.list({ incidentId, states, limit: 10 })).length > 0; looks += 1) {
      if (looks > 100) throw new Error(`plans of ${incidentId} do not end`);
      this.#clock.advance(16 * MINUTE_MS);
      await this.#bot.ask({ type: 'tick', nowMs: this.#clock.now() }, 'done');
    }
  }

  async #closeIncident(id: string): Promise<void> {
    const patch = { resolvedAtMs: this.#clock.now(), resolution: 'closed' as const };
    await this.#store.incidents.move(id, {
      from: INCIDENT_STATES,
      to: 'resolved',
      patch,
      actor: system('loop'),
      verb: 'incident.closed',
      atMs: this.#clock.now(),
    });
    this.#clock.advance(MINUTE_MS);
  }

  /** People press, time passes and bots come back, until the plan has ended and nothing is left to say. */
  async #carryThrough(planId: string, flow: Flow, life: Life): Promise<Plan> {
    const giveUpAt = Date.now() + RUN_MS;
    let actedAt = 0;
    for (;;) {
      if (this.#bot.dead) {
        life.died();
        await this.#restart(life);
        actedAt = 0;
      }
      const plan = await this.#store.plans.get(planId);
      if (plan === null) throw new Error(`${planId} is gone`);
      const ended = FINAL_PLAN_STATES.includes(plan.state);
      if ((ended && (await this.#store.outbox.size()) === 0) || Date.now() > giveUpAt) return plan;
      if (Date.now() - actedAt > PATIENCE_MS[plan.state === 'awaiting_approval' ? 'press' : plan.state === 'verifying' ? 'verify' : 'tick']) {
        await this.#moveOn(plan, flow);
        actedAt = Date.now();
      }
      await sleep(4);
    }
  }

  async #moveOn(plan: Plan, flow: Flow): Promise<void> {
    if (plan.state === 'awaiting_approval') return await this.#press(plan);
    if (plan.state === 'verifying' && flow.heals) await this.#heal(plan);
    this.#clock.advance(stepMs(plan, flow));
    await this.#bot.ask({ type: 'tick', nowMs: this.#clock.now() }, 'done');
  }

  /** Everybody who is still needed presses at the same moment, twice. */
  async #press(plan: Plan): Promise<void> {
    const ref = await this.#store.messages.get(plan.id);
    if (ref === null) return;
    const people = [ANA, BEN, LIWEI].filter((id) => !plan.approvals.some((approval) => approval.userId === id)).slice(0, plan.approvalsNeeded);
    for (const userId of [...people, ...people]) {
      this.#slack
        .as(userId)
        .click(ref, 'ops:approve')
        .catch(() => undefined); // the bot may die over it, the button may be gone
    }
  }

  async #heal(plan: Plan): Promise<void> {
    const found = await this.#store.anomalies.ofIncident(plan.incidentId ?? '');
    await this.#store.anomalies.save(found.map((one) => ({ ...one, endedAtMs: one.endedAtMs ?? this.#clock.now() })));
  }

  async #arm(life: Life): Promise<void> {
    const what = life.now;
    if (what === 'record') await this.#bot.ask({ type: 'record' }, 'done');
    else if (what !== null) await this.#bot.ask({ type: 'arm', ...what }, 'done');
  }

  /** Bots come back until one lives long enough to say so. */
  async #restart(life: Life | null): Promise<void> {
    for (;;) {
      this.#bot = this.#next;
      this.#next = new BotProcess(this.#places.cache);
      if (await this.#go(life?.now ?? null)) return;
      life?.died();
    }
  }

  async #go(first: Kill | 'record' | null): Promise<boolean> {
    const { botToken, appToken, apiUrl } = this.#slack;
    return await this.#bot.go({
      type: 'go',
      dir: this.dir,
      knowledge: this.#places.knowledge,
      nowMs: this.#clock.now(),
      slack: { botToken, appToken, apiUrl, channel: OPS_CHANNEL },
      timing: IN_A_HURRY,
      policy: POLICY,
      first,
    });
  }

  /** Waits until everything is said; what Slack refused for a moment comes due as time goes on. */
  async #quiet(): Promise<void> {
    const giveUpAt = Date.now() + RUN_MS;
    for (let looks = 1; (await this.#store.outbox.size()) > 0; looks += 1) {
      if (Date.now() > giveUpAt) throw new Error('the world did not become quiet');
      if (looks % 25 === 0) {
        this.#clock.advance(1000);
        await this.#bot.ask({ type: 'tick', nowMs: this.#clock.now() }, 'done');
      }
      await sleep(4);
    }
  }
}

/** How far time goes on while a plan is in its state: to the end of the notice, to where verification can judge, or a moment. */
function stepMs(plan: Plan, flow: Flow): number {
  if (plan.state === 'verifying') return (flow.heals ? 3 : 16) * MINUTE_MS;
  return plan.state === 'notified' ? MINUTE_MS : 1000;
}

/** Which life of the bot it is, and what that one is to die of. */
class Life {
  readonly #script: Script;
  readonly hit: string[] = [];
  crashes = 0;

  constructor(script: Script) {
    this.#script = script;
  }

  get now(): Kill | 'record' | null {
    return this.#script.lives[this.crashes] ?? null;
  }

  get recorded(): boolean {
    return this.now === 'record';
  }

  died(): void {
    const what = this.now;
    if (what === null || what === 'record') throw new Error('the bot died and nobody killed it');
    this.hit.push(what.point);
    this.crashes += 1;
  }
}
