import { afterEach, describe, expect, it } from 'vitest';
import { policyDigest } from '../../../src/action/policy-change.ts';
import { type ConfigInput, parseConfig } from '../../../src/config.ts';
import { user } from '../../../src/domain/actor.ts';
import type { Plan } from '../../../src/domain/plan.ts';
import type { Remediator } from '../../../src/domain/ports.ts';
import { directoryOf, person } from '../../support/make.ts';
import { openPlansDesk, type PlansDesk } from '../../support/plans-desk.ts';

type PolicyInput = NonNullable<ConfigInput['policy']>;
const ANA = user('UANA');
const BEN = user('UBEN');
const FIRST = { requesters: ['*'], approvers: ['UANA', 'UBEN'], operators: ['UANA'], target_cooldown_min: 0 };
const FREEZE = { from: '2026-03-01T00:00:00Z', to: '2026-03-05T00:00:00Z' };

let desk: PlansDesk;
let file: unknown; // what the config file says
afterEach(() => desk.close());
async function open(policy: PolicyInput = FIRST, wrap: (target: Remediator) => Remediator = (target) => target): Promise<void> {
  file = { policy };
  const directory = directoryOf([person('UANA'), person('UBEN')]);
  desk = await openPlansDesk({ policy, directory, wrap, readPolicy: () => parseConfig(file).policy });
}
const write = (over: PolicyInput): void => {
  file = { policy: { ...FIRST, ...over } };
};
const state = async (plan: Plan): Promise<Plan['state']> => (await desk.plan(plan.id)).state;
const audited = async () => await desk.store.audit.list({ subject: 'policy', limit: 50 });
async function notices(): Promise<string> {
  const items = await desk.store.outbox.take(desk.clock.now(), 200);
  for (const item of items) await desk.store.outbox.done(item.id);
  return items.length === 0 ? '' : JSON.stringify(items.map((item) => item.notice)) + (await notices());
}

describe('a policy that is read again', () => {
  it('counts from then on: a freeze asks a quorum of what ran by itself before', async () => {
    await open();
    write({ freezes: [FREEZE] });
    const change = await desk.core.verbs.reloadPolicy(ANA);
    expect(change.changed).toEqual(['freezes']);
    const plan = await desk.propose('restart_service', 'ecs/checkout', BEN);
    expect(plan).toMatchObject({ state: 'awaiting_approval', approvalsNeeded: 2 });
    expect(await notices()).toContain('The policy changed (freezes)');
  });

  it('is audited with the digests of the one before and the one after', async () => {
    await open();
    write({ quorum: 3, operators: ['UANA', 'UBEN'] });
    const { before, after } = await desk.core.verbs.reloadPolicy(ANA);
    expect(after).toBe(policyDigest(await desk.core.verbs.policy()));
    expect(after).not.toBe(before);
    expect(await audited()).toMatchObject([{ verb: 'policy.changed', actor: ANA, detail: { before, after, changed: ['operators', 'quorum'] } }]);
    expect((await desk.core.verbs.reloadPolicy(BEN)).changed).toEqual([]); // he is an operator now, and nothing is new
    expect(await audited()).toHaveLength(1);
  });

  it('is for operators, as the policy in force names them', async () => {
    await open();
    write({ operators: ['UBEN'] });
    await expect(desk.core.verbs.reloadPolicy(BEN)).rejects.toThrow('the policy does not name you');
    expect((await desk.core.verbs.policy()).operators).toEqual(['UANA']);
  });

  it('takes back what an approver who is no longer one has approved', async () => {
    await open();
    await desk.core.verbs.pause('all', 'wait', BEN);
    const plan = await desk.propose('rollback_deploy', 'ecs/checkout', BEN);
    await desk.core.verbs.approve(plan.id, ANA, { via: 'button', digest: null });
    write({ approvers: ['UBEN'] });
    await desk.core.verbs.reloadPolicy(ANA);
    await desk.core.verbs.resume('all', ANA);
    await desk.kick();
    expect(await state(plan)).toBe('cancelled');
    expect(desk.target.calls).toEqual([]);
  });

  it('that comes between the last check and the claim makes it check once more', async () => {
    let last = false;
    await open(FIRST, (target) => ({
      ...{ name: target.name, actions: target.actions },
      dryRun: (step, signal) => target.dryRun(step, signal),
      execute: (step, key, signal) => target.execute(step, key, signal),
      lookup: (step, key, signal) => target.lookup(step, key, signal),
      rollback: (step, receipt, signal) => target.rollback(step, receipt, signal),
      inspect: async (step, signal) => {
        if (last) await desk.core.refreshPolicy(); // the target is read after everything else
        return await target.inspect(step, signal);
      },
    }));
    const plan = await desk.propose('rollback_deploy', 'ecs/checkout', BEN);
    write({ approvers: ['UBEN'] });
    last = true;
    await desk.core.verbs.approve(plan.id, ANA, { via: 'button', digest: null });
    await desk.kick();
    await desk.kick();
    expect(await state(plan)).toBe('cancelled');
    expect(desk.target.calls).toEqual([]);
  });

  it('holds what is paused in it, and lets it go once that is taken out', async () => {
    await open();
    write({ paused: ['action:restart_service'] });
    await desk.core.refreshPolicy();
    const plan = await desk.propose('restart_service', 'ecs/checkout', BEN);
    await desk.kick();
    expect(await state(plan)).toBe('approved');
    write({});
    await desk.core.refreshPolicy();
    await desk.kick();
    expect(desk.target.executions(plan)).toHaveLength(1);
  });
});

describe('a config that is not valid', () => {
  const BROKEN: readonly [string, unknown][] = [
    ['a list that lets everybody approve', { policy: { ...FIRST, approvers: ['*'] } }],
    ['a risk that would be lowered', { policy: { ...FIRST, risks: { rollback_deploy: 'low' } } }],
    ['a mistake in another part of the file', { policy: { ...FIRST, quorum: 5 }, http: { port: 'none' } }],
  ];
  it.each(BROKEN)('leaves the policy as it was and says so once: %s', async (_, broken) => {
    await open();
    const before = await desk.core.verbs.policy();
    file = broken;
    expect(await desk.core.refreshPolicy()).toBeNull();
    expect(await desk.core.refreshPolicy()).toBeNull();
    expect(await desk.core.verbs.policy()).toBe(before);
    expect((await notices()).split('the policy stays as it was').length).toBe(2);
    await expect(desk.core.verbs.reloadPolicy(ANA)).rejects.toThrow('The config is not valid');
    expect((await audited()).map((row) => row.verb)).toEqual(['policy.refused', 'policy.refused', 'policy.refused']);
    expect((await audited())[0]?.detail['inForce']).toBe(policyDigest(before));
  });
});

describe('a policy that changed while nothing ran', () => {
  it('is audited at the next start, and an unchanged one is not', async () => {
    await open();
    await desk.core.announcePolicy();
    await desk.core.announcePolicy();
    write({ quorum: 4 });
    await desk.core.refreshPolicy();
    await desk.restart(); // begins with the first one again
    await desk.core.announcePolicy();
    const rows = await audited();
    expect(rows.map((row) => [row.detail['before'] === null, (row.detail['changed'] as string[]).length > 5])).toEqual([
      [true, true],
      [false, false],
      [false, false],
    ]);
    expect(rows[2]?.detail['after']).toBe(rows[0]?.detail['after']);
  });
});
