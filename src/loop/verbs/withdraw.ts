import { type Actor, personOf } from '../../domain/actor.ts';
import { OpsError } from '../../domain/errors.ts';
import { requireSubject } from '../../domain/names.ts';
import type { PlanView } from '../../domain/views.ts';
import type { Ops } from '../ops.ts';
import { lookForLacks } from '../plans/approvals.ts';
import { showPlan } from '../plans/notices.ts';
import { refuse } from './people.ts';
import { planView, requirePlan } from './views.ts';

/** Takes one's own approval back, until the plan is claimed for execution. Nobody can take back another person's. */
export async function withdrawApproval(ops: Ops, planId: string, actor: Actor): Promise<PlanView> {
  const plan = await requirePlan(ops, requireSubject(planId, 'plan').id);
  const userId = personOf(actor);
  if (userId === null) throw refuse('machine', {});
  const nowMs = ops.clock.now();
  const left = await ops.store.transaction(async (tx) => {
    const withdrawn = await tx.plans.withdraw(plan.id, userId, actor, nowMs);
    if (withdrawn === null) throw nothingToTakeBack(plan.id, plan.state);
    await showPlan(tx, withdrawn, nowMs);
    return withdrawn;
  });
  await lookForLacks(ops, left).catch((thrown: unknown) => {
    ops.log.warn({ plan: plan.id, err: thrown }, 'the approval is taken back; who else is needed is looked at again');
  });
  return await planView(ops, plan.id);
}

function nothingToTakeBack(planId: string, state: string): OpsError {
  const waits = state === 'awaiting_approval' || state === 'approved';
  return waits
    ? new OpsError('conflict', `There is no approval of yours on ${planId}.`, 'Nothing was changed.')
    : new OpsError('conflict', `Too late to withdraw your approval of ${planId}.`, 'Its card shows where it is now.');
}
