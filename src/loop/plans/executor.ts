import { setTimeout as sleep } from 'node:timers/promises';
import { switchesOver } from '../../action/guard.ts';
import { system } from '../../domain/actor.ts';
import { explain } from '../../domain/explanation.ts';
import { withOrigin } from '../../domain/origin.ts';
import type { Plan, PlanState } from '../../domain/plan.ts';
import type { Policy } from '../../domain/policy.ts';
import type { Ops } from '../ops.ts';
import { grant } from './approvals.ts';
import { resolveDoubt } from './doubt.ts';
import { execute } from './execute.ts';
import { stop } from './finish.ts';
import { Flights } from './flights.ts';
import { peopleToCall, tell } from './notices.ts';
import { serviceOf, switchesNow } from './recheck.ts';

const MOST_PLANS = 500;

/**
 * Moves plans on: expires and reminds, and runs what may run, one at a time for each target. `kick` returns when everything
 * that was due has been looked at once; calls meanwhile make it look once more.
 */
export class Executor {
  readonly #ops: Ops;
  #running: Promise<void> | null = null;
  #again = false;
  #everything = false; // also those that wait for people
  readonly #busy = new Map<string, Promise<void>>(); // by target
  readonly flights = new Flights();

  constructor(ops: Ops) {
    this.#ops = ops;
  }

  kick(): Promise<void> {
    this.#everything = true;
    return this.#look();
  }

  /** Only the leader runs plans: of several replicas each would look at the same ones. */
  #look(): Promise<void> {
    if (!this.#ops.replicas.leads()) return Promise.resolve();
    this.#again = true;
    // Whoever woke it, what it does now is its own doing.
    this.#running ??= withOrigin(null, () => this.#drain()).finally(() => {
      this.#running = null;
    });
    return this.#running;
  }

  /** Once a second, without being waited for: what is due is due now and not at the next tick, and what was paused elsewhere stops here. */
  pulse(): void {
    this.#everything = true;
    this.wake();
    this.#cutOffPaused().catch((thrown: unknown) => this.#ops.log.error({ err: thrown }, 'the switches could not be read; the next pulse does'));
  }

  async #cutOffPaused(): Promise<void> {
    if (this.flights.plans.length === 0) return;
    const off = await switchesNow(this.#ops.store, this.#ops.policy);
    if (off.length === 0) return;
    for (const id of this.flights.plans) {
      const plan = await this.#ops.store.plans.get(id);
      if (plan !== null && switchesOver(plan, await serviceOf(this.#ops, plan), off).length > 0) this.flights.cutOff(id);
    }
  }

  /** Cuts these plans' calls off and waits until it is known what became of them, at most so long. */
  async cutOff(plans: readonly Plan[], atMostMs: number): Promise<void> {
    const cut = plans.filter((plan) => this.flights.cutOff(plan.id));
    const known = Promise.all(cut.map((plan) => this.#busy.get(plan.targetId)));
    const over = new AbortController();
    await Promise.race([known, sleep(atMostMs, undefined, { signal: over.signal })]).finally(() => over.abort());
  }

  /** Something was decided that can be done at once: looks for plans that may run, without being waited for. Reminders have time until the pulse. */
  wake(): void {
    this.#look().catch((thrown: unknown) => this.#ops.log.error({ err: thrown }, 'plans could not be looked at; the next tick does'));
  }

  /** What was claimed by somebody who is gone is looked up at its target, never run again. After a restart, and when another replica died. */
  async recover(): Promise<void> {
    for (const plan of await this.#ops.store.plans.list({ states: ['claimed', 'running'], limit: MOST_PLANS })) {
      if (this.#busy.has(plan.targetId) || (await this.#ops.replicas.isElsewhere(`plan:${plan.id}`))) continue;
      await resolveDoubt(this.#ops, plan);
    }
  }

  /** Waits for executions under way. */
  async idle(): Promise<void> {
    await this.#running;
    await Promise.all(this.#busy.values());
  }

  async #drain(): Promise<void> {
    while (this.#again) {
      const states: readonly PlanState[] = this.#everything ? ['approved', 'notified', 'awaiting_approval'] : ['approved', 'notified'];
      this.#again = false;
      this.#everything = false;
      const plans = await this.#ops.store.plans.list({ states, limit: MOST_PLANS });
      for (const plan of plans) await this.#advance(plan);
    }
  }

  async #advance(plan: Plan): Promise<void> {
    const nowMs = this.#ops.clock.now();
    if (plan.expiresAtMs !== null && nowMs >= plan.expiresAtMs) {
      await stop(this.#ops, plan.id, 'expired', system('executor'), 'nobody decided in time', ['approved', 'notified', 'awaiting_approval']);
      return;
    }
    if (plan.state === 'awaiting_approval') return await this.#wait(plan, nowMs);
    if (this.#busy.has(plan.targetId)) return;
    const work = execute(this.#ops, plan)
      .catch((thrown: unknown) => this.#ops.log.error({ plan: plan.id, err: thrown }, 'a plan could not be moved on; it is looked at again'))
      .finally(() => this.#busy.delete(plan.targetId));
    this.#busy.set(plan.targetId, work);
    await Promise.race([work, new Promise((resolve) => setImmediate(resolve))]);
  }

  /** A plan that waits for people: let through when all of them have said yes, else they are reminded, and then others called. */
  async #wait(plan: Plan, nowMs: number): Promise<void> {
    const granted = await grant(this.#ops, plan).catch((thrown: unknown) => {
      this.#ops.log.warn({ plan: plan.id, err: thrown }, 'cannot check who approved; the plan waits');
      return false;
    });
    if (granted) this.#again = true;
    else for (const call of callsFor(plan, this.#ops.policy)) if (nowMs >= call.atMs) await this.#call(plan, call, nowMs);
  }

  async #call(plan: Plan, { name, text, people }: Call, nowMs: number): Promise<void> {
    await this.#ops.store.transaction(async (tx) => {
      if (!(await tx.dedupe.firstTime(`${name}:${plan.id}`, nowMs))) return;
      const minutes = Math.max(1, Math.round(((plan.expiresAtMs ?? nowMs) - nowMs) / 60_000));
      await tell(tx, plan.incidentId, explain(`plan.${name}`, text, { plan: plan.id, minutes }), nowMs, people);
    });
  }
}

interface Call {
  readonly name: 'reminder' | 'escalated';
  readonly atMs: number;
  readonly text: string;
  readonly people: string[];
}

/** Each once: a reminder at half time, and the next group when half of the rest is over. */
function callsFor(plan: Plan, policy: Policy): readonly Call[] {
  if (plan.expiresAtMs === null) return [];
  const lifeMs = plan.expiresAtMs - plan.createdAtMs;
  const reminder: Call = {
    name: 'reminder',
    atMs: plan.createdAtMs + lifeMs / 2,
    text: '{plan} still waits for approval; it expires in {minutes} min.',
    people: peopleToCall(policy),
  };
  const escalated: Call = {
    name: 'escalated',
    atMs: plan.createdAtMs + (lifeMs * 3) / 4,
    text: 'Nobody has decided on {plan} yet, so you are called as well; it expires in {minutes} min.',
    people: peopleToCall({ ...policy, approvers: policy.escalation }),
  };
  return policy.escalation.length === 0 ? [reminder] : [reminder, escalated];
}
