import { z } from 'zod';
import { findAction } from '../../action/catalogue/index.ts';
import { effectiveRisk } from '../../action/policy.ts';
import { ActorSchema, system } from '../../domain/actor.ts';
import { explain } from '../../domain/explanation.ts';
import type { Plan } from '../../domain/plan.ts';
import type { Repositories } from '../../domain/store.ts';
import type { Ops } from '../ops.ts';

/** An action that may run one rung lower for a pattern: proposed by the loop, in force once a person confirmed it. */
const PromotionSchema = z.object({
  state: z.enum(['proposed', 'confirmed', 'taken_back']),
  atMs: z.number().int(),
  by: ActorSchema,
});
type Promotion = z.infer<typeof PromotionSchema>;

const keyOf = (patternId: string, action: string): string => `promotion:${patternId}:${action}`;

export async function promotionOf(from: Repositories, patternId: string, action: string): Promise<Promotion | null> {
  const text = await from.settings.get(keyOf(patternId, action));
  return text === null ? null : PromotionSchema.parse(JSON.parse(text));
}

export async function savePromotion(to: Repositories, patternId: string, action: string, promotion: Promotion): Promise<void> {
  await to.settings.set(keyOf(patternId, action), JSON.stringify(promotion), promotion.atMs);
}

export async function isPromoted(from: Repositories, patternId: string | null, action: string): Promise<boolean> {
  return patternId !== null && (await promotionOf(from, patternId, action))?.state === 'confirmed';
}

/** So often in a row, verified, before one rung lower is proposed (seed, phase 4). */
export const PROMOTE_AFTER = 10;

/** After an outcome: enough of them without a failure propose a promotion; the first failure takes one back. Safe to repeat. */
export async function considerPromotion(ops: Ops, plan: Plan): Promise<void> {
  const { patternId, action, outcome } = plan;
  const facts = findAction(action);
  if (patternId === null || outcome === null || facts === null) return;
  const standing = await promotionOf(ops.store, patternId, action);
  if (!outcome.verified) {
    if (standing?.state === 'confirmed' || standing?.state === 'proposed') await record(ops, plan, patternId, 'taken_back', TAKEN_BACK);
    return;
  }
  if (standing?.state === 'confirmed' || standing?.state === 'proposed') return;
  if (effectiveRisk(facts, ops.policy) === effectiveRisk(facts, ops.policy, true)) return; // there is no lower rung for it
  const tally = await ops.store.learning.tally(patternId, action);
  if (tally.successes >= PROMOTE_AFTER && tally.outcomes === tally.successes) await record(ops, plan, patternId, 'proposed', PROPOSED);
}

const PROPOSED =
  '{action} has fixed {pattern} {times} times, each time verified. It could run with one risk level less: somebody of the operators may say "promote {pattern} {action}".';
const TAKEN_BACK = '{action} did not fix {pattern} this time ({plan}). It has its own risk level again.';

async function record(ops: Ops, plan: Plan, patternId: string, state: 'proposed' | 'taken_back', text: string): Promise<void> {
  const [actor, nowMs] = [system('feedback'), ops.clock.now()];
  const note = explain(`promotion.${state}`, text, { action: plan.action, pattern: patternId, times: PROMOTE_AFTER, plan: plan.id });
  await ops.store.transaction(async (tx) => {
    await savePromotion(tx, patternId, plan.action, { state, atMs: nowMs, by: actor });
    await tx.audit.append({ actor, verb: `promotion.${state}`, subject: patternId, detail: { action: plan.action, plan: plan.id } }, nowMs);
    await tx.outbox.add({ type: 'channel', note, mentions: state === 'proposed' ? ops.policy.operators.filter((one) => one !== '*').slice(0, 20) : [] }, nowMs);
  });
}
