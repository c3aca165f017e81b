import { afterEach, describe, expect, it } from 'vitest';
import { system, user } from '../../../src/domain/actor.ts';
import { explain } from '../../../src/domain/explanation.ts';
import type { Plan } from '../../../src/domain/plan.ts';
import { directoryOf, MINUTE, person } from '../../support/make.ts';
import { openPlansDesk, type PlansDesk } from '../../support/plans-desk.ts';

const PATTERN = 'PAT-001';
const ANA = user('UANA');

let desk: PlansDesk;
afterEach(() => desk.close());
async function open(): Promise<void> {
  const directory = directoryOf([person('UANA'), person('UBEN')]);
  desk = await openPlansDesk({ policy: { requesters: ['*'], approvers: ['UANA'], operators: ['UANA'], actions_per_hour: 1000 }, directory });
}
/** A plan of the pattern that ended so, and the tick that learns from it. */
async function outcome(verified: boolean): Promise<void> {
  const { store, clock } = desk;
  const nowMs = clock.now();
  const { id: _, state: __, approvals: ___, ...draft } = { ...(await blank()), patternId: PATTERN, action: 'rollback_deploy', idempotencyKey: `run-${nowMs}` };
  const made = await store.plans.create(draft, system('loop'));
  const detail = explain('x', 'x');
  const patch = {
    executedAtMs: nowMs,
    outcome: { result: verified ? ('succeeded' as const) : ('failed' as const), atMs: nowMs, detail, verified, durationMs: verified ? MINUTE : null },
  };
  await store.plans.move(made.id, {
    from: ['proposed'],
    to: verified ? 'succeeded' : 'failed',
    patch,
    actor: system('executor'),
    verb: 'plan.ended',
    atMs: nowMs,
  });
  clock.advance(MINUTE);
  await desk.core.tick();
}
let template: Plan | null = null;
async function blank(): Promise<Plan> {
  template ??= await desk.propose('rollback_deploy', 'ecs/checkout', user('UBEN'));
  return { ...template, incidentId: null };
}
const verbs = async (): Promise<string[]> =>
  (await desk.store.audit.list({ subject: PATTERN, limit: 100 })).map((row) => row.verb).filter((verb) => verb.startsWith('promotion.'));
const promote = () => desk.core.verbs.promote('pat 001', 'rollback_deploy', ANA);

describe('promotion of an action for a pattern', () => {
  it('is proposed after ten verified fixes, confirmed by an operator, and taken back by the first failure', async () => {
    await open();
    template = null;
    for (let n = 0; n < 9; n += 1) await outcome(true);
    expect(await verbs()).toEqual([]);
    await expect(promote()).rejects.toThrow('No promotion');
    await outcome(true);
    expect(await verbs()).toEqual(['promotion.proposed']);
    await expect(desk.core.verbs.promote(PATTERN, 'rollback_deploy', user('UBEN'))).rejects.toThrow('may not promote');
    expect(await promote()).toEqual({ patternId: PATTERN, action: 'rollback_deploy', from: 'high', to: 'medium' });
    await outcome(true);
    await outcome(false);
    expect(await verbs()).toEqual(['promotion.proposed', 'promotion.confirmed', 'promotion.taken_back']);
    await expect(promote()).rejects.toThrow('No promotion');
  });

  it('is not proposed for what failed once', async () => {
    await open();
    template = null;
    await outcome(false);
    for (let n = 0; n < 11; n += 1) await outcome(true);
    expect(await verbs()).toEqual([]);
  });
});
