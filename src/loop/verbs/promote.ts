import { requireAction } from '../../action/catalogue/index.ts';
import { effectiveRisk } from '../../action/policy.ts';
import type { Actor } from '../../domain/actor.ts';
import { OpsError } from '../../domain/errors.ts';
import { requireSubject } from '../../domain/names.ts';
import type { Promoted } from '../../domain/requests.ts';
import type { Ops } from '../ops.ts';
import { promotionOf, savePromotion } from '../plans/promotions.ts';
import { requireListed } from './people.ts';

/** Confirms what the loop proposed; nobody can promote what it has not. The first failure takes it back. */
export async function promote(ops: Ops, typed: string, action: string, actor: Actor): Promise<Promoted> {
  await requireListed(ops, actor, 'operators', 'promote an action');
  const patternId = requireSubject(typed, 'pattern').id;
  const facts = requireAction(action);
  const nowMs = ops.clock.now();
  const [from, to] = [effectiveRisk(facts, ops.policy), effectiveRisk(facts, ops.policy, true)];
  await ops.store.transaction(async (tx) => {
    if ((await promotionOf(tx, patternId, action))?.state !== 'proposed')
      throw new OpsError('conflict', `No promotion of ${action} for ${patternId} is proposed.`, 'It is proposed after ten verified fixes without a failure.');
    await savePromotion(tx, patternId, action, { state: 'confirmed', atMs: nowMs, by: actor });
    await tx.audit.append({ actor, verb: 'promotion.confirmed', subject: patternId, detail: { action, from, to } }, nowMs);
  });
  return { patternId, action, from, to };
}
