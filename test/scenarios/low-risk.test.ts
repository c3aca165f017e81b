import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ANA, World } from '../support/world.ts';

describe('a memory leak, which a restart heals: low risk', () => {
  let world: World;
  beforeAll(async () => {
    world = await World.start('memory-leak');
    await world.tick();
  });
  afterAll(() => world.stop());

  it('is quiet before anything happens', async () => {
    expect((await world.incidents()).filter((incident) => incident.resourceIds.includes('ecs/checkout'))).toEqual([]);
  });

  it('is detected, explained and restarted by itself, without anybody asked', async () => {
    const plan = await world.untilPlan(['verifying', 'succeeded']);
    expect(plan).toMatchObject({ action: 'restart_service', targetId: 'ecs/checkout', risk: 'low', approvalsNeeded: 0, approvals: [] });
    const incident = await world.sandbox.app.store.incidents.get(plan.incidentId ?? '');
    expect(incident?.analysis?.hypotheses[0]?.resourceId).toBe('ecs/checkout');
    expect(incident?.matches.length).toBeGreaterThan(0);
  });

  it('shows it as one card, updated in place, with a picture and one thread', async () => {
    const [plan] = await world.plans();
    const id = plan?.incidentId ?? '';
    const cards = world.sandbox.slack.messages((await world.card(id)).channel).filter((message) => JSON.stringify(message.metadata).includes(`"${id}"`));
    expect(cards).toHaveLength(1);
    expect(JSON.stringify(cards[0]?.blocks)).toContain('slack_file');
    expect((await world.thread(id)).join('\n')).toMatch(/restart/i);
  });

  it('is verified by the metrics, and the card says so', async () => {
    const plan = await world.untilPlan(['succeeded']);
    expect(plan.outcome).toMatchObject({ result: 'succeeded', verified: true });
    expect(world.sandbox.account.truth().faults[0]?.state).toBe('over');
    expect(await world.cardText(plan.incidentId ?? '')).toMatch(/resolved/i);
  });

  it('ran exactly once', () => {
    expect(world.sandbox.account.executions).toHaveLength(1);
    expect(world.sandbox.account.truth().unsafe).toEqual([]);
  });

  it('teaches the pattern, and a 👍 teaches it more', async () => {
    const [plan] = await world.plans();
    expect(plan?.learnedAtMs).not.toBeNull();
    const patternId = plan?.patternId ?? '';
    const confidence = async (): Promise<number> =>
      (await world.sandbox.app.verbs.pattern(patternId)).solutions.find((one) => one.action === 'restart_service')?.confidence ?? 0;
    const learned = await confidence();
    await world.sandbox.slack.as(ANA).react(await world.card(plan?.incidentId ?? ''), '+1::skin-tone-4');
    await world.calm();
    const thanked = await confidence();
    expect(thanked).toBeGreaterThan(learned);
    await world.sandbox.slack.as(ANA).unreact(await world.card(plan?.incidentId ?? ''), '+1::skin-tone-4');
    await world.calm();
    expect(await confidence()).toBeCloseTo(learned, 6);
  });

  it('leaves an audit that holds', async () => {
    const verdict = await world.sandbox.app.store.audit.verify();
    expect(verdict.brokenAt).toBeNull();
    const verbs = (await world.sandbox.app.store.audit.list({ limit: 500 })).map((entry) => entry.verb);
    for (const verb of ['incident.opened', 'incident.analysed', 'plan.proposed', 'plan.claimed', 'plan.executed', 'plan.succeeded', 'plan.learned'])
      expect(verbs).toContain(verb);
  });
});
