import { system } from '../../domain/actor.ts';
import type { Plan } from '../../domain/plan.ts';
import { finishKept } from '../learning/keep.ts';
import { logOutcome } from '../learning/log.ts';
import { relearn } from '../learning/relearn.ts';
import type { Ops } from '../ops.ts';
import { considerPromotion } from '../plans/promotions.ts';

const ACTOR = system('feedback');
const MOST_PLANS = 50;

/**
 * Takes finished plans to their patterns (seed §5.2): observation → confidence, success rate, resolution time → new embedding →
 * knowledge base and archive → feedback log. `learnedAtMs` is set last; every step before it may be repeated.
 * First, patterns that a crash left half imported, reverted or written are brought to their end.
 */
export async function learn(ops: Ops): Promise<void> {
  await finishKept(ops);
  const plans = await ops.store.plans.list({ states: ['succeeded', 'rolled_back', 'failed', 'outcome_unknown'], limit: MOST_PLANS });
  for (const plan of plans.filter((one) => one.learnedAtMs === null)) await learnOne(ops, plan);
}

async function learnOne(ops: Ops, plan: Plan): Promise<void> {
  const { outcome, patternId, action } = plan;
  const counts = outcome !== null && outcome.result !== 'unknown' && plan.executedAtMs !== null; // what nobody knows teaches nothing
  if (counts && patternId !== null) {
    const observation = {
      key: `outcome:${plan.id}`,
      patternId,
      action,
      success: outcome.verified,
      weight: 1,
      resolutionMs: outcome.durationMs,
      atMs: outcome.atMs,
    };
    await ops.store.learning.put(observation);
    await relearn(ops, patternId);
    await considerPromotion(ops, plan);
  }
  await logOutcome(ops, plan);
  const nowMs = ops.clock.now();
  await ops.store.plans.patch(
    plan.id,
    { learnedAtMs: nowMs },
    { actor: ACTOR, verb: 'plan.learned', detail: { patternId, counted: counts && patternId !== null } },
    nowMs,
  );
}
