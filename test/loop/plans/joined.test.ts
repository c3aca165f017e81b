import { afterEach, describe, expect, it } from 'vitest';
import { user } from '../../../src/domain/actor.ts';
import type { Incident } from '../../../src/domain/incident.ts';
import type { Plan } from '../../../src/domain/plan.ts';
import { cpuOf, directoryOf, MINUTE, person } from '../../support/make.ts';
import { openPlansDesk, type PlansDesk } from '../../support/plans-desk.ts';

const ANA = user('UANA');
const DMITRI = user('UDMITRI');

let desk: PlansDesk;
let plan: Plan;
let second: string; // the incident that joins
afterEach(() => desk.close());

/** A plan of the first incident, and a second incident for which the same was asked. */
async function joined(): Promise<void> {
  const directory = directoryOf([person('UANA'), person('UDMITRI')]);
  const policy = { requesters: ['*'], approvers: ['UANA'], operators: ['UANA'], target_cooldown_min: 0 };
  desk = await openPlansDesk({ policy, directory });
  plan = await desk.propose('rollback_deploy', 'ecs/checkout', DMITRI);
  second = await desk.incident('ecs/checkout', { metric: { ...cpuOf('ecs/checkout'), name: 'MemoryUtilization' }, key: 'second' });
  const { plan: same } = await desk.core.verbs.proposeFix({ issue: second, action: 'rollback_deploy', targetId: 'ecs/checkout' }, DMITRI);
  expect(same.id).toBe(plan.id);
}
const incident = async (id: string): Promise<Incident> => (await desk.core.verbs.incident(id)).incident;
async function end(incidentId: string): Promise<void> {
  const found = await desk.store.anomalies.ofIncident(incidentId);
  await desk.store.anomalies.save(found.map((one) => ({ ...one, endedAtMs: desk.clock.now() })));
}
async function run(): Promise<void> {
  await desk.core.verbs.approve(plan.id, ANA, { via: 'button', digest: null });
  await desk.kick();
}
async function pass(minutes: number): Promise<void> {
  desk.clock.advance(minutes * MINUTE);
  await desk.core.tick();
}
async function said(): Promise<string> {
  const items = await desk.store.outbox.take(desk.clock.now(), 200);
  for (const item of items) await desk.store.outbox.done(item.id);
  return items.length === 0 ? '' : JSON.stringify(items.map((item) => item.notice)) + (await said());
}

describe('an incident that needs a plan which another incident has', () => {
  it('waits for it, says so in its thread, and shows the plan on its own card', async () => {
    await joined();
    expect(await incident(second)).toMatchObject({ state: 'planned', joinedPlanId: plan.id });
    expect((await desk.core.verbs.incident(second)).plans.map((one) => one.id)).toEqual([plan.id]);
    expect((await said()).split('this incident waits for it').length).toBe(2);
    await desk.core.verbs.proposeFix({ issue: second }, DMITRI); // asking again changes nothing
    expect((await desk.plan(plan.id)).joined).toEqual([second]);
    await desk.core.verbs.approve(plan.id, ANA, { via: 'button', digest: null });
    expect(await said()).toContain(`{"type":"incident","incidentId":"${second}"}`);
  });

  it('is resolved with it once its own metrics are back to normal as well', async () => {
    await joined();
    await run();
    await end(plan.incidentId ?? '');
    await pass(3);
    expect((await incident(plan.incidentId ?? '')).state).toBe('resolved');
    expect((await incident(second)).state).toBe('verifying'); // its memory is still too high
    await end(second);
    await pass(1);
    expect(await incident(second)).toMatchObject({ state: 'resolved', resolution: 'fixed' });
    expect(await said()).toContain(`${plan.id} of ${plan.incidentId} ended this one as well`);
    expect(desk.target.executions(plan)).toHaveLength(1);
  });

  it('goes on by itself when the plan helped the first one only', async () => {
    await joined();
    await run();
    await end(plan.incidentId ?? '');
    await pass(3);
    await pass(14);
    expect((await incident(second)).state).toBe('analysed');
    expect(await said()).toContain(`worked for ${plan.incidentId}, but not here: second still out of line`);
  });

  it('shares the outcome when the plan did not help', async () => {
    await joined();
    await run();
    await pass(17);
    expect((await desk.plan(plan.id)).state).toBe('rolled_back');
    expect((await incident(second)).state).toBe('analysed');
    expect((await said()).split('so it was taken back').length).toBe(3); // in both threads
  });

  it('looks for another way when the plan is stopped before it ran', async () => {
    await joined();
    await desk.core.verbs.reject(plan.id, ANA, 'not now');
    expect((await incident(second)).state).toBe('analysed');
    expect(desk.target.calls).toEqual([]);
  });
});
