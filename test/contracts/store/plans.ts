import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Plan, PlanState } from '../../../src/domain/plan.ts';
import type { Store } from '../../../src/domain/store.ts';
import { ANA, approval, BO, incidentDraft, LOOP, NOON, planDraft } from './drafts.ts';
import type { Place } from './place.ts';

const move = (from: PlanState, to: PlanState) => ({ from: [from], to, actor: LOOP, verb: `plan.${to}`, atMs: NOON + 1 });

async function awaiting(store: Store): Promise<Plan> {
  const plan = await store.plans.create(planDraft(), LOOP);
  await store.plans.move(plan.id, move('proposed', 'awaiting_approval'));
  return plan;
}

export function planContract(make: () => Place): void {
  describe('plans', () => {
    it('creates with the next number; the story of its incident holds its rows', async () => {
      const { plans, incidents, audit } = await make().open();
      await incidents.open(incidentDraft(), LOOP);
      const plan = await plans.create(planDraft({ incidentId: 'INC-1' }), ANA);
      expect(plan).toMatchObject({ id: 'PLAN-1', state: 'proposed', approvals: [], endedBy: null, outcome: null, updatedAtMs: NOON });
      expect(await plans.get('PLAN-1')).toEqual(plan);
      await plans.move('PLAN-1', move('proposed', 'cancelled'));
      const story = await audit.list({ subject: 'INC-1', limit: 9 });
      expect(story.map((row) => row.verb)).toEqual(['incident.opened', 'plan.proposed', 'plan.cancelled']);
      expect((await audit.list({ subject: 'PLAN-1', limit: 9 })).map((row) => row.verb)).toEqual(['plan.proposed', 'plan.cancelled']);
      expect(await plans.get('PLAN-2')).toBeNull();
      expect(await plans.get('INC-1')).toBeNull();
    });

    it('moves only from its state and for its digest', async () => {
      const { plans } = await make().open();
      await plans.create(planDraft(), LOOP);
      expect(await plans.move('PLAN-1', { ...move('proposed', 'awaiting_approval'), digest: 'other' })).toBeNull();
      expect(await plans.move('PLAN-1', move('approved', 'claimed'))).toBeNull();
      const moved = await plans.move('PLAN-1', { ...move('proposed', 'awaiting_approval'), digest: 'd1', patch: { expiresAtMs: 5 } });
      expect(moved).toMatchObject({ state: 'awaiting_approval', expiresAtMs: 5, updatedAtMs: NOON + 1 });
      expect(await plans.get('PLAN-1')).toEqual(moved);
    });

    it('is claimed by one caller only, over two connections', async () => {
      const place = make();
      const stores = [await place.open(), await place.open()] as const;
      await stores[0].plans.create(planDraft(), LOOP);
      await stores[0].plans.move('PLAN-1', move('proposed', 'approved'));
      const claims = await Promise.all(Array.from({ length: 20 }, (_, n) => stores[n % 2 === 0 ? 0 : 1].plans.move('PLAN-1', move('approved', 'claimed'))));
      expect(claims.filter((claim) => claim !== null)).toHaveLength(1);
    });

    it('files one approval a person, only while awaiting and for the digest as it is', async () => {
      const store = await make().open();
      const { plans } = store;
      await plans.create(planDraft(), LOOP);
      expect(await plans.approve('PLAN-1', approval('U1'), ANA)).toBeNull();
      await plans.move('PLAN-1', move('proposed', 'awaiting_approval'));
      expect(await plans.approve('PLAN-1', approval('U1', { digest: 'd0' }), ANA)).toBeNull();
      expect((await plans.approve('PLAN-1', approval('U1'), ANA))?.approvals).toEqual([approval('U1')]);
      expect(await plans.approve('PLAN-1', approval('U1', { via: 'command' }), ANA)).toBeNull();
      expect((await plans.approve('PLAN-1', approval('U2'), BO))?.approvals).toEqual([approval('U1'), approval('U2')]);
      expect((await plans.get('PLAN-1'))?.state).toBe('awaiting_approval');
      expect(await plans.approve('PLAN-9', approval('U2'), BO)).toBeNull();
      await plans.move('PLAN-1', move('awaiting_approval', 'rejected'));
      expect(await plans.approve('PLAN-1', approval('U3'), LOOP)).toBeNull();
      expect((await store.audit.list({ limit: 99 })).filter((row) => row.verb === 'plan.approval')).toHaveLength(2);
    });

    it('takes one person’s approval back until the plan is claimed, and waits again where it was needed', async () => {
      const store = await make().open();
      const { plans } = store;
      await plans.create(planDraft({ approvalsNeeded: 1 }), LOOP);
      await plans.move('PLAN-1', move('proposed', 'awaiting_approval'));
      await plans.approve('PLAN-1', approval('U1'), ANA);
      await plans.approve('PLAN-1', approval('U2'), BO);
      await plans.move('PLAN-1', move('awaiting_approval', 'approved'));
      expect(await plans.withdraw('PLAN-1', 'U3', ANA, NOON + 5)).toBeNull();
      expect(await plans.withdraw('PLAN-9', 'U1', ANA, NOON + 5)).toBeNull();
      expect(await plans.withdraw('PLAN-1', 'U1', ANA, NOON + 5)).toMatchObject({ state: 'approved', approvals: [approval('U2')], updatedAtMs: NOON + 5 });
      expect(await plans.withdraw('PLAN-1', 'U2', BO, NOON + 6)).toMatchObject({ state: 'awaiting_approval', approvals: [] });
      await plans.approve('PLAN-1', approval('U2'), BO);
      await plans.move('PLAN-1', move('awaiting_approval', 'claimed'));
      expect(await plans.withdraw('PLAN-1', 'U2', BO, NOON + 7)).toBeNull();
      const rows = await store.audit.list({ subject: 'PLAN-1', limit: 50 });
      expect(rows.filter((row) => row.verb === 'plan.approval_withdrawn').map((row) => row.detail)).toMatchObject([
        { userId: 'U1', from: 'approved', to: 'approved' },
        { userId: 'U2', from: 'approved', to: 'awaiting_approval' },
      ]);
    });

    it('counts no approval of an earlier form of the plan when one is taken back', async () => {
      const { plans } = await make().open();
      await plans.create(planDraft({ approvalsNeeded: 1 }), LOOP);
      await plans.move('PLAN-1', move('proposed', 'awaiting_approval'));
      await plans.approve('PLAN-1', approval('U1'), ANA);
      await plans.patch('PLAN-1', { digest: 'd2' }, null, NOON + 2);
      await plans.approve('PLAN-1', { ...approval('U2'), digest: 'd2' }, BO);
      await plans.move('PLAN-1', move('awaiting_approval', 'approved'));
      expect(await plans.withdraw('PLAN-1', 'U2', BO, NOON + 3)).toMatchObject({ state: 'awaiting_approval' });
    });

    it('asks a person again when the plan has changed', async () => {
      const store = await make().open();
      await awaiting(store);
      await store.plans.approve('PLAN-1', approval('U1'), ANA);
      await store.plans.patch('PLAN-1', { digest: 'd2' }, null, NOON + 2);
      expect(await store.plans.approve('PLAN-1', approval('U1'), ANA)).toBeNull();
      const renewed = await store.plans.approve('PLAN-1', approval('U1', { digest: 'd2' }), ANA);
      expect(renewed?.approvals).toEqual([approval('U1', { digest: 'd2' })]);
    });

    it('counts each person once and lets one rejection end it, whatever order the clicks come in', async () => {
      const click = fc.oneof(fc.constantFrom('U1', 'U2', 'U3'), fc.constant('reject'));
      await fc.assert(
        fc.asyncProperty(fc.array(click, { minLength: 2, maxLength: 14 }), async (clicks) => {
          const place = make();
          const stores = [await place.open(), await place.open()] as const;
          await awaiting(stores[0]);
          const answers = await Promise.all(
            clicks.map((who, n) => {
              const { plans } = stores[n % 2 === 0 ? 0 : 1];
              return who === 'reject' ? plans.move('PLAN-1', move('awaiting_approval', 'rejected')) : plans.approve('PLAN-1', approval(who), ANA);
            }),
          );
          const won = clicks.filter((_, n) => answers[n] !== null);
          const plan = await stores[0].plans.get('PLAN-1');
          expect(won).toHaveLength(new Set(won).size);
          expect(plan?.approvals.map((each) => each.userId).toSorted()).toEqual(won.filter((who) => who !== 'reject').toSorted());
          expect(plan?.state).toBe(clicks.includes('reject') ? 'rejected' : 'awaiting_approval');
          expect(await stores[0].audit.verify()).toMatchObject({ rows: 2 + won.length, brokenAt: null });
        }),
        { numRuns: process.env.OPSLOOP_LONG ? 1000 : 12 },
      );
    });

    it('lists newest first by state, incident and target, with their approvals', async () => {
      const store = await make().open();
      await awaiting(store);
      await store.plans.approve('PLAN-1', approval('U1'), ANA);
      await store.plans.create(planDraft({ incidentId: 'INC-7' }), LOOP);
      await store.plans.create(planDraft({ targetId: 'ecs/checkout' }), LOOP);
      const ids = async (query: Parameters<typeof store.plans.list>[0]): Promise<string[]> => (await store.plans.list(query)).map((each) => each.id);
      expect(await ids({ limit: 2 })).toEqual(['PLAN-3', 'PLAN-2']);
      expect(await ids({ limit: 2, before: 'PLAN-2' })).toEqual(['PLAN-1']);
      expect(await ids({ limit: 9, incidentId: 'INC-7' })).toEqual(['PLAN-2']);
      expect(await ids({ limit: 9, targetId: 'ecs/checkout', states: ['proposed'] })).toEqual(['PLAN-3']);
      expect((await store.plans.list({ limit: 9, states: ['awaiting_approval'] }))[0]?.approvals).toEqual([approval('U1')]);
    });

    it('cannot have its state or approvals changed by a patch', async () => {
      const store = await make().open();
      await awaiting(store);
      const forged = { receipt: { id: 'x' }, state: 'approved', approvals: [approval('U9')], id: 'PLAN-9' } as Partial<Plan>;
      expect(await store.plans.patch('PLAN-1', forged, null, NOON + 9)).toMatchObject({
        id: 'PLAN-1',
        state: 'awaiting_approval',
        approvals: [],
        receipt: { id: 'x' },
      });
      expect(await store.plans.get('PLAN-1')).toMatchObject({ state: 'awaiting_approval', approvals: [], receipt: { id: 'x' }, updatedAtMs: NOON + 9 });
    });
  });
}
