import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Actor } from '../../../src/domain/actor.ts';
import { FINAL_PLAN_STATES, type Plan, type PlanState } from '../../../src/domain/plan.ts';
import type { Directory, Remediator } from '../../../src/domain/ports.ts';
import { MINUTE, person } from '../../support/make.ts';
import { openPlansDesk, type PlansDesk } from '../../support/plans-desk.ts';

const RUNS = process.env['OPSLOOP_LONG'] ? 1000 : 60;
const PEOPLE = ['UANA', 'UBEN', 'ULIWEI', 'UDMITRI', 'UEVE', 'UBOT'] as const; // Eve is nobody's approver
type Who = (typeof PEOPLE)[number];
const GROUP = 'SONCALL';

/** What several people and programs may do at the same moment. */
type Deed =
  | { readonly do: 'approve'; readonly who: Who; readonly via: 'button' | 'command' | 'api'; readonly digest: 'seen' | 'stale' | 'none' }
  | { readonly do: 'reject' | 'cancel' | 'withdraw'; readonly who: Who }
  | { readonly do: 'forged'; readonly id: string }
  | { readonly do: 'pause' | 'resume' | 'look' };
/** What happens to the world between two moments. */
type Turn =
  | { readonly turn: 'leaves' | 'joins'; readonly who: Who }
  | { readonly turn: 'target_changes' | 'restart' | 'slack_down' | 'slack_up' }
  | { readonly turn: 'time'; readonly minutes: number };
type Step = readonly Deed[] | Turn;

const who = fc.constantFrom(...PEOPLE);
const deed: fc.Arbitrary<Deed> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('approve' as const),
      who,
      via: fc.constantFrom('button', 'command', 'api'),
      digest: fc.oneof({ weight: 6, arbitrary: fc.constant('seen' as const) }, fc.constantFrom('stale' as const, 'none' as const)),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('reject' as const, 'cancel' as const, 'withdraw' as const, 'withdraw' as const), who }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('forged' as const), id: fc.oneof(fc.constantFrom('PLAN-0', 'PLAN-99', 'INC-1', '', "PLAN-1' --"), fc.string()) }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('pause' as const, 'resume' as const, 'resume' as const, 'look' as const) }) },
);
const turn: fc.Arbitrary<Turn> = fc.oneof(
  fc.record({ turn: fc.constantFrom('leaves' as const, 'joins' as const), who }),
  fc.record({ turn: fc.constantFrom('target_changes' as const, 'restart' as const, 'restart' as const, 'slack_down' as const, 'slack_up' as const) }),
  fc.record({ turn: fc.constant('time' as const), minutes: fc.constantFrom(1, 5, 14, 31) }),
);
const step: fc.Arbitrary<Step> = fc.oneof({ weight: 3, arbitrary: fc.array(deed, { minLength: 1, maxLength: 4 }) }, { weight: 1, arbitrary: turn });
const setting = fc.record({
  action: fc.constantFrom('rollback_deploy' as const, 'take_service_down' as const),
  requester: fc.constantFrom<Actor[]>(
    { type: 'user', userId: 'UDMITRI' },
    { type: 'user', userId: 'UBEN' },
    { type: 'token', tokenId: 'laptop', userId: 'UBEN' },
    { type: 'token', tokenId: 'ci', userId: null },
  ),
  steps: fc.array(step, { minLength: 1, maxLength: 9 }),
});

/**
 * What the test itself knows of the world: enough to say whether an execution was allowed, with no look at how the product
 * decides. It is asked at the very moment the target is told to act.
 */
class Model {
  readonly members = new Set<Who>(['UBEN', 'ULIWEI', 'UDMITRI']);
  readonly yes = new Set<Who>(); // an approval that counts was begun, and not taken back
  down = false;
  paused = false;
  resuming = false; // in this step: whether pause or resume came last is not known
  ended = false; // somebody was told that it will not run
  drifted = false;
  readonly wrong: string[] = [];

  mayApprove(userId: Who): boolean {
    return userId === 'UANA' || (userId !== 'UBOT' && this.members.has(userId));
  }
}

class Run {
  readonly model = new Model();
  readonly desk: PlansDesk;
  readonly plan: Plan;
  readonly #scheduler: fc.Scheduler;
  readonly #requester: string | null;
  #states: PlanState[] = [];

  constructor(desk: PlansDesk, plan: Plan, scheduler: fc.Scheduler, model: Model) {
    this.desk = desk;
    this.plan = plan;
    this.model = model;
    this.#scheduler = scheduler;
    this.#requester = plan.requestedBy.type === 'system' ? null : plan.requestedBy.userId;
    desk.target.onExecute = () => this.#judge();
  }

  #judge(): void {
    const { model, plan, desk } = this;
    const good = [...model.yes].filter((userId) => model.mayApprove(userId) && userId !== this.#requester);
    if (good.length < plan.approvalsNeeded) model.wrong.push(`ran with ${good.length} of ${plan.approvalsNeeded} approvals`);
    if (model.ended) model.wrong.push('ran after somebody was told it will not');
    if (model.paused) model.wrong.push('ran after the pause was answered');
    if (model.drifted) model.wrong.push('ran although the target had changed');
    if (desk.clock.now() >= (plan.expiresAtMs ?? 0)) model.wrong.push('ran after its time was over');
  }

  async step(what: Step): Promise<void> {
    this.model.resuming = 'turn' in what ? false : what.some((one) => one.do === 'resume');
    if ('turn' in what) await this.#turn(what);
    else await this.#scheduler.waitFor(Promise.all(what.map((one) => this.#deed(one))));
    const { state } = await this.desk.plan(this.plan.id);
    const before = this.#states.at(-1);
    if (before !== undefined && FINAL_PLAN_STATES.includes(before) && before !== state) this.model.wrong.push(`${before} became ${state}`);
    this.#states.push(state);
  }

  async quiet(): Promise<void> {
    await this.#scheduler.waitFor(this.desk.kick());
  }

  async #turn(what: Turn): Promise<void> {
    const { model, desk } = this;
    await this.quiet();
    if (what.turn === 'time') desk.clock.advance(what.minutes * MINUTE);
    else if (what.turn === 'restart') await this.#scheduler.waitFor(desk.restart());
    else if (what.turn === 'slack_down') model.down = true;
    else if (what.turn === 'slack_up') model.down = false;
    else if (what.turn === 'joins') model.members.add(what.who);
    else if (what.turn === 'leaves') model.members.delete(what.who);
    else {
      desk.target.release += 1;
      model.drifted = true;
    }
  }

  async #deed(what: Deed): Promise<void> {
    const { verbs, executor } = this.desk.core;
    const { model, plan } = this;
    switch (what.do) {
      case 'look':
        return await executor.kick();
      case 'forged':
        if (!/^\s*plan[\s_-]*1\s*$/i.test(what.id.normalize('NFKC'))) {
          await verbs.approve(what.id, { type: 'user', userId: 'UANA' }, { via: 'button', digest: null }).then(
            () => model.wrong.push(`a forged name was taken: ${JSON.stringify(what.id)}`),
            () => undefined,
          );
        }
        return;
      case 'pause': {
        const report = await verbs.pause('all', 'test', { type: 'user', userId: 'UEVE' });
        if (!report.running.includes(plan.id) && !model.resuming) model.paused = true;
        return;
      }
      case 'resume':
        model.paused = false;
        await verbs.resume('all', { type: 'user', userId: 'UANA' }).catch(() => undefined);
        return;
      case 'approve':
        return await this.#approve(what);
      case 'withdraw':
        return await verbs.withdrawApproval(plan.id, { type: 'user', userId: what.who }).then(
          () => void model.yes.delete(what.who),
          () => undefined,
        );
      default:
        return await verbs[what.do](plan.id, { type: 'user', userId: what.who }, 'test').then(
          () => {
            if (what.do === 'reject' && !model.mayApprove(what.who)) model.wrong.push(`${what.who} rejected`);
            model.ended = true;
          },
          () => undefined,
        );
    }
  }

  async #approve({ who: userId, via, digest }: Extract<Deed, { do: 'approve' }>): Promise<void> {
    const { model, plan } = this;
    const allowed = digest !== 'stale' && model.mayApprove(userId) && userId !== this.#requester && !model.down;
    if (allowed) model.yes.add(userId);
    const actor: Actor = via === 'api' ? { type: 'token', tokenId: `of-${userId}`, userId } : { type: 'user', userId };
    const seen = digest === 'none' ? null : digest === 'seen' ? plan.digest.slice(0, 12) : 'f00f00f00f00';
    await this.desk.core.verbs.approve(plan.id, actor, { via, digest: seen }).then(
      () => {
        if (!allowed) model.wrong.push(`${userId} approved (${via}, ${digest})`);
      },
      () => undefined,
    );
  }

  /** Nothing holds it any more: what has its approvals must run now. */
  async atTheEnd(): Promise<void> {
    const { model, desk, plan } = this;
    model.down = false;
    model.paused = false;
    await this.#scheduler.waitFor(desk.core.verbs.resume('all', { type: 'user', userId: 'UANA' }).catch(() => undefined));
    await this.quiet();
    const now = await desk.plan(plan.id);
    const runs = desk.target.executions(plan).length;
    if (runs > 1) model.wrong.push(`ran ${runs} times`);
    if (now.executedAtMs !== null && runs === 0) model.wrong.push('says that it ran, and did not');
    if (now.state === 'approved') model.wrong.push('approved, and not run');
    if (now.state === 'awaiting_approval' && new Set(now.approvals.map((one) => one.userId)).size >= now.approvalsNeeded)
      model.wrong.push('has its approvals and waits');
    const story = await desk.store.audit.list({ limit: 2000 });
    const claims = story.filter((row) => row.verb === 'plan.claimed').length;
    let off = false;
    for (const row of story) {
      if (row.verb === 'switch.off' || row.verb === 'switch.on') off = row.verb === 'switch.off';
      if (off && (row.verb === 'plan.claimed' || row.verb === 'plan.running')) model.wrong.push(`${row.verb} while it was paused`);
    }
    if (claims > 1) model.wrong.push(`claimed ${claims} times`);
    if ((await desk.store.audit.verify()).brokenAt !== null) model.wrong.push('the audit chain is broken');
  }
}

async function begin(scheduler: fc.Scheduler, action: string, requester: Actor): Promise<Run> {
  const model = new Model();
  const answer = async <T>(value: () => T): Promise<T> => {
    await scheduler.schedule(Promise.resolve(), 'a port answers');
    if (model.down) throw new Error('Slack is away');
    return value();
  };
  const directory: Directory = {
    person: (userId) => answer(() => (PEOPLE.includes(userId as Who) ? person(userId, { isBot: userId === 'UBOT' }) : null)),
    groupMembers: (groupId) => answer(() => (groupId === GROUP ? [...model.members] : [])),
  };
  const wrap = (target: Remediator): Remediator => ({
    ...{ name: target.name, actions: target.actions },
    dryRun: (given, signal) => target.dryRun(given, signal),
    lookup: (given, key, signal) => target.lookup(given, key, signal),
    rollback: (given, receipt, signal) => target.rollback(given, receipt, signal),
    inspect: async (given, signal) => {
      await scheduler.schedule(Promise.resolve(), 'the target is read');
      return await target.inspect(given, signal);
    },
    execute: async (given, key, signal) => {
      const receipt = await target.execute(given, key, signal);
      await scheduler.schedule(Promise.resolve(), 'the target answers');
      return receipt;
    },
  });
  const policy = { requesters: ['*'], approvers: ['UANA', GROUP, 'UBOT'], operators: ['UANA'], target_cooldown_min: 0 };
  const desk = await openPlansDesk({ policy, directory, wrap });
  const plan = await scheduler.waitFor(desk.propose(action, 'ecs/checkout', requester));
  return new Run(desk, plan, scheduler, model);
}

describe('the approval machine, against a model of what may happen', () => {
  it(`runs a plan at most once, and only with everything it needs, in ${RUNS} random interleavings`, async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), setting, async (scheduler, { action, requester, steps }) => {
        const run = await begin(scheduler, action, requester);
        try {
          for (const one of steps) await run.step(one);
          await run.atTheEnd();
          expect(run.model.wrong).toEqual([]);
        } finally {
          await scheduler.waitFor(run.desk.close());
        }
      }),
      { numRuns: RUNS },
    );
  });
});
