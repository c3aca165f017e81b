import { setTimeout as sleep } from 'node:timers/promises';
import { FINAL_PLAN_STATES, PLAN_STATES, type Plan } from '../../src/domain/plan.ts';
import { Bot } from './bot.ts';
import type { Flow } from './flows.ts';
import { Life, type RunResult, type Script } from './script.ts';
import { World } from './world.ts';

const REQUESTER = 'U0DMI0004';
const MINUTE_MS = 60_000;
const RUN_MS = 30_000; // longer than this, in real time, and the report counts as lost
const PATIENCE_MS = { press: 1000, tick: 100, verify: 0 }; // between two of a kind

/** What all worlds share: compiled modules, and a knowledge base that nothing here changes. */
export interface Places {
  readonly cache: string;
  readonly knowledge: string;
}

/** One world and the bot in it: runs scripts, one after another. */
export class Lane {
  readonly #world: World;
  readonly #bot: Bot;

  private constructor(world: World, bot: Bot) {
    this.#world = world;
    this.#bot = bot;
  }

  static async open(places: Places): Promise<Lane> {
    const world = await World.open(places.knowledge);
    const bot = new Bot(world, places.cache);
    if (!(await bot.start(null))) throw new Error('the first bot did not start');
    return new Lane(world, bot);
  }

  async close(): Promise<void> {
    await this.#bot.close();
    await this.#world.close();
  }

  auditHolds(): Promise<boolean> {
    return this.#world.auditHolds();
  }

  /** One plan from the proposal to the last report, over as many lives of the bot as it takes. */
  async run(script: Script): Promise<RunResult> {
    const [world, bot] = [this.#world, this.#bot];
    const before = world.journal().length;
    const incidentId = await world.openIncident(script.flow);
    const { action, targetId } = script.flow;
    const proposed = await bot.ask({ type: 'propose', incidentId, action, targetId, userId: REQUESTER }, 'proposed');
    if (proposed === null) throw new Error('the bot died before it was told to');
    await this.#quiet();
    const life = new Life(script);
    await bot.arm(life.now);
    const plan = await this.#carryThrough(proposed.planId, script.flow, life);
    if (!(await bot.disarm())) {
      life.died(this.#bot.end);
      await bot.restart(null);
      await this.#quiet();
    }
    const recorded = life.recorded ? await bot.ask({ type: 'points' }, 'points') : null;
    const faults = await world.faultsOf(plan, incidentId, world.journal().slice(before));
    await this.#letGo(incidentId);
    const wrong = faults.doubleExecution || faults.lostReport || faults.lostAlert;
    const story = wrong ? await world.tell(plan.id) : '';
    await world.closeIncident(incidentId);
    return { ...faults, crashes: life.crashes, hit: life.hit, state: plan.state, points: recorded?.points ?? [], story };
  }

  /** People press, time passes and bots come back, until the plan has ended and nothing is left to say. */
  async #carryThrough(planId: string, flow: Flow, life: Life): Promise<Plan> {
    const giveUpAt = Date.now() + RUN_MS;
    let actedAt = 0;
    for (;;) {
      if (this.#bot.dead) {
        life.died(this.#bot.end);
        await this.#bot.restart(life);
        actedAt = 0;
      }
      const plan = await this.#world.store.plans.get(planId);
      if (plan === null) throw new Error(`${planId} is gone`);
      const ended = FINAL_PLAN_STATES.includes(plan.state);
      if ((ended && (await this.#world.store.outbox.size()) === 0) || Date.now() > giveUpAt) return plan;
      if (Date.now() - actedAt > PATIENCE_MS[plan.state === 'awaiting_approval' ? 'press' : plan.state === 'verifying' ? 'verify' : 'tick']) {
        await this.#moveOn(plan, flow);
        actedAt = Date.now();
      }
      await sleep(4);
    }
  }

  async #moveOn(plan: Plan, flow: Flow): Promise<void> {
    if (plan.state === 'awaiting_approval') return await this.#world.press(plan);
    if (plan.state === 'verifying' && flow.heals) await this.#world.heal(plan);
    this.#world.clock.advance(stepMs(plan, flow));
    await this.#bot.tick();
  }

  /** What the loop proposed by itself after a plan failed comes to its end, so that it does not hold the next run's target. */
  async #letGo(incidentId: string): Promise<void> {
    const states = PLAN_STATES.filter((state) => !FINAL_PLAN_STATES.includes(state));
    for (let looks = 0; (await this.#world.store.plans.list({ incidentId, states, limit: 10 })).length > 0; looks += 1) {
      if (looks > 100) throw new Error(`plans of ${incidentId} do not end`);
      this.#world.clock.advance(16 * MINUTE_MS);
      await this.#bot.tick();
    }
  }

  /** Waits until everything is said; what Slack refused for a moment comes due as time goes on. */
  async #quiet(): Promise<void> {
    const giveUpAt = Date.now() + RUN_MS;
    for (let looks = 1; (await this.#world.store.outbox.size()) > 0; looks += 1) {
      if (Date.now() > giveUpAt) throw new Error('the world did not become quiet');
      if (looks % 25 === 0) {
        this.#world.clock.advance(1000);
        await this.#bot.tick();
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
