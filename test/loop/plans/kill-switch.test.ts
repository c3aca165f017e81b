import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { user } from '../../../src/domain/actor.ts';
import { OpsError } from '../../../src/domain/errors.ts';
import type { Plan } from '../../../src/domain/plan.ts';
import type { Remediator } from '../../../src/domain/ports.ts';
import type { Store } from '../../../src/domain/store.ts';
import { directoryOf, MINUTE, person, resource } from '../../support/make.ts';
import { openPlansDesk, type PlansDesk } from '../../support/plans-desk.ts';

const ANA = user('UANA');
const DMITRI = user('UDMITRI');
const POLICY = { requesters: ['*'], approvers: ['UANA'], operators: ['UANA'], target_cooldown_min: 0, max_attempts_per_incident: 1 };

let desk: PlansDesk;
afterEach(() => desk.close());
async function open(wrapStore: (store: Store) => Store = (store) => store, wrap: (target: Remediator) => Remediator = (target) => target): Promise<void> {
  const directory = directoryOf([person('UANA'), person('UDMITRI')]);
  const resources = [resource('ecs/checkout', { service: 'shop' }), resource('ecs/search', { service: 'search' })];
  desk = await openPlansDesk({ policy: POLICY, directory, resources, wrapStore, wrap });
}
/** Approved, and on its way to its target. */
async function started(targetId = 'ecs/checkout'): Promise<Plan> {
  const plan = await desk.propose('rollback_deploy', targetId, DMITRI);
  await desk.core.verbs.approve(plan.id, ANA, { via: 'button', digest: null });
  for (;;) {
    const now = await desk.plan(plan.id);
    if (now.state === 'running' || now.state === 'verifying') return now;
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}
const state = async (plan: Plan): Promise<Plan['state']> => (await desk.plan(plan.id)).state;
async function notices(): Promise<string> {
  const items = await desk.store.outbox.take(desk.clock.now(), 200);
  for (const item of items) await desk.store.outbox.done(item.id);
  return items.length === 0 ? '' : JSON.stringify(items.map((item) => item.notice)) + (await notices());
}
const rows = async (subject: string): Promise<readonly string[]> => (await desk.store.audit.list({ subject, limit: 100 })).map((row) => row.verb);

/** A target that takes its time and gives up when it is told to. */
const untilToldToStop = async (signal: AbortSignal): Promise<void> => {
  if (!signal.aborted) await once(signal, 'abort');
  signal.throwIfAborted();
};

describe('a call that is under way when actions are paused', () => {
  it('is cut off within a second, and the plan ends as if it had never started', async () => {
    await open();
    desk.target.before = untilToldToStop;
    const plan = await started();
    const startedMs = performance.now();
    const report = await desk.core.verbs.pause('all', 'stop', DMITRI);
    expect(performance.now() - startedMs).toBeLessThan(1000);
    expect(report).toMatchObject({ stopped: [plan.id], running: [], sent: [] });
    expect(await desk.plan(plan.id)).toMatchObject({ state: 'cancelled', executedAtMs: null, outcome: null });
    expect(desk.target.calls).toEqual([]);
    expect(await notices()).toContain('was cut off by the pause');
  });

  it('is listed as already sent, on the card and in its thread, when it cannot be cut off', async () => {
    await open();
    let answer = (): void => undefined;
    desk.target.after = () => new Promise((resolve) => (answer = resolve));
    const plan = await started();
    const report = await desk.core.verbs.pause('service:shop', 'stop', DMITRI);
    expect(report.running).toEqual([plan.id]);
    expect(report.sent).toEqual([{ planId: plan.id, action: 'rollback_deploy', targetId: 'ecs/checkout', doing: 'execute' }]);
    expect(await notices()).toContain(`Already sent, and not to be stopped any more: ${plan.id}, rollback_deploy on ecs/checkout`);
    expect(await rows('service:shop')).toEqual(['switch.off', 'switch.reported']);
    answer();
    await desk.core.executor.idle();
    expect(await state(plan)).toBe('verifying');
  });

  it('that did reach its target before it was cut off is verified like any other, and never sent again', async () => {
    await open();
    desk.target.onExecute = () => {
      throw new DOMException('The connection was closed.', 'AbortError');
    };
    desk.target.before = (signal) => untilToldToStop(signal).catch(() => undefined);
    const plan = await started();
    const report = await desk.core.verbs.pause('all', 'stop', DMITRI);
    expect(report).toMatchObject({ stopped: [], running: [plan.id] });
    expect(await state(plan)).toBe('verifying');
    expect(desk.target.executions(plan)).toHaveLength(1);
  });

  it('goes on when the pause is about something else', async () => {
    await open();
    desk.target.before = untilToldToStop;
    const plan = await started();
    expect(await desk.core.verbs.pause('search', 'stop', DMITRI)).toMatchObject({ stopped: [], running: [] });
    expect(await state(plan)).toBe('running');
    await desk.core.verbs.pause('all', 'stop', DMITRI);
  });

  it('is cut off before the pause is saved when that takes long', async () => {
    let saved: Promise<void> = Promise.resolve();
    await open((store) => ({ ...store, transaction: (work) => saved.then(() => store.transaction(work)) }));
    const { promise: cut, resolve: tell } = Promise.withResolvers<void>();
    desk.target.before = (signal) => untilToldToStop(signal).finally(tell);
    const plan = await started();
    const { promise, resolve: save } = Promise.withResolvers<void>();
    saved = promise;
    const startedMs = performance.now();
    const paused = desk.core.verbs.pause('all', 'stop', DMITRI);
    await cut;
    expect(performance.now() - startedMs).toBeLessThan(1000);
    expect(await desk.store.switches.list()).toEqual([]);
    save();
    await paused;
    await desk.core.executor.idle();
    expect(await state(plan)).toBe('cancelled');
    expect((await desk.store.switches.list()).map(({ scope }) => scope)).toEqual(['all']);
  });

  it('is cut off when what a pause names cannot be looked up, and the pause says that it is not saved', async () => {
    let isAway = false;
    const away = (): Promise<never> => Promise.reject(new OpsError('unavailable', 'The database does not answer.', null));
    await open((store) => ({ ...store, signals: { ...store.signals, topology: () => (isAway ? away() : store.signals.topology()) } }));
    desk.target.before = untilToldToStop;
    const plan = await started();
    isAway = true;
    await expect(desk.core.verbs.pause('shop', 'stop', DMITRI)).rejects.toThrow('The pause is not saved. The database does not answer.');
    isAway = false;
    await desk.core.executor.idle();
    expect(await state(plan)).toBe('cancelled');
    expect(await desk.store.switches.list()).toEqual([]);
  });

  it('goes on when the words of a pause name nothing', async () => {
    await open();
    desk.target.before = untilToldToStop;
    const plan = await started();
    await expect(desk.core.verbs.pause('shpo', 'stop', DMITRI)).rejects.toThrow('neither an action nor a service');
    expect(desk.core.executor.flights.wasCutOff(plan.id)).toBe(false);
    expect(await state(plan)).toBe('running');
    await desk.core.verbs.pause('all', 'stop', DMITRI);
  });

  it('is cut off by the pulse when somebody paused elsewhere', async () => {
    await open();
    desk.target.before = untilToldToStop;
    const plan = await started();
    await desk.store.switches.off({ scope: 'action:rollback_deploy', by: DMITRI, reason: 'in another process', atMs: desk.clock.now() });
    desk.core.executor.pulse();
    await desk.core.executor.idle();
    for (let looks = 0; (await state(plan)) === 'running' && looks < 200; looks += 1) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(await state(plan)).toBe('cancelled');
  });
});

describe('what happens while a plan is looked at for the last time', () => {
  /** The target is read after everything else: whatever happens then comes after the checks and before the claim. */
  async function openWith(meanwhile: () => Promise<void>): Promise<Plan> {
    let last = false;
    await open(undefined, (target) => ({
      ...{ name: target.name, actions: target.actions },
      dryRun: (step, signal) => target.dryRun(step, signal),
      execute: (step, key, signal) => target.execute(step, key, signal),
      lookup: (step, key, signal) => target.lookup(step, key, signal),
      rollback: (step, receipt, signal) => target.rollback(step, receipt, signal),
      inspect: async (step, signal) => {
        if (last) await meanwhile();
        return await target.inspect(step, signal);
      },
    }));
    const plan = await desk.propose('rollback_deploy', 'ecs/checkout', DMITRI);
    last = true;
    await desk.core.verbs.approve(plan.id, ANA, { via: 'button', digest: null });
    await desk.kick();
    return plan;
  }

  it('a pause keeps it from being claimed', async () => {
    const plan = await openWith(() => desk.store.switches.off({ scope: 'all', by: DMITRI, reason: 'now', atMs: desk.clock.now() }));
    expect(await state(plan)).toBe('approved');
    expect(await rows(plan.id)).not.toContain('plan.claimed');
    expect(desk.target.calls).toEqual([]);
  });

  it('the end of its time keeps it from being claimed', async () => {
    const plan = await openWith(async () => desk.clock.advance(31 * MINUTE));
    await desk.kick();
    expect(await state(plan)).toBe('expired');
    expect(await rows(plan.id)).not.toContain('plan.claimed');
    expect(desk.target.calls).toEqual([]);
  });
});

describe('a pause between the claim and the call', () => {
  it('holds: the switch is read once more before the target is told', async () => {
    const off = { scope: 'all', by: DMITRI, reason: 'in between', atMs: 0 };
    await open((store) => {
      const transaction: Store['transaction'] = async (work) => {
        const result = await store.transaction(work);
        if ((await store.plans.list({ states: ['claimed'], limit: 1 })).length > 0) await store.switches.off(off);
        return result;
      };
      return { ...store, transaction };
    });
    const plan = await desk.propose('rollback_deploy', 'ecs/checkout', DMITRI);
    await desk.core.verbs.approve(plan.id, ANA, { via: 'button', digest: null });
    await desk.kick();
    expect(await state(plan)).toBe('cancelled');
    expect(await rows(plan.id)).toContain('plan.claimed');
    expect(desk.target.calls).toEqual([]);
  });
});

describe('letting things run again', () => {
  it('is for operators, though everybody may pause', async () => {
    await open();
    await desk.core.verbs.pause('all', 'stop', DMITRI);
    await expect(desk.core.verbs.resume('all', DMITRI)).rejects.toThrow('the policy does not name you');
    expect(await desk.store.switches.list()).toHaveLength(1);
    expect(await desk.core.verbs.resume('all', ANA)).toEqual(['all']);
  });
});

describe('taking back while actions are paused', () => {
  it('waits until somebody resumes, and people are told once', async () => {
    await open();
    const plan = await started();
    await desk.core.executor.idle();
    await desk.core.verbs.pause('all', 'stop', DMITRI);
    await notices();
    desk.clock.advance(16 * MINUTE);
    await desk.core.tick();
    await desk.core.tick();
    expect(await state(plan)).toBe('verifying');
    expect(desk.target.calls.map((call) => call.doing)).toEqual(['execute']);
    expect((await notices()).split('it is not taken back before somebody resumes').length).toBe(2);
    await desk.core.verbs.resume('all', ANA);
    await desk.core.tick();
    expect(await state(plan)).toBe('rolled_back');
    expect(desk.target.calls.map((call) => call.doing)).toEqual(['execute', 'rollback']);
  });
});
