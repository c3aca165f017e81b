import { countingApprovals } from '../../action/people.ts';
import { type Actor, personOf } from '../../domain/actor.ts';
import { OpsError } from '../../domain/errors.ts';
import { requireSubject } from '../../domain/names.ts';
import type { Approval, Plan } from '../../domain/plan.ts';
import type { PlanView } from '../../domain/views.ts';
import type { Ops } from '../ops.ts';
import { approvalRefusalNow, grant, lookForLacks } from '../plans/approvals.ts';
import { showPlan } from '../plans/notices.ts';
import { refuse } from './people.ts';
import { planView, requirePlan } from './views.ts';

/**
 * Files one person's approval; the plan runs once as many different people as it needs have approved. Refusals (not listed,
 * requester, twice, expired, changed) throw in words and are audited.
 */
export async function approve(
  ops: Ops,
  planId: string,
  actor: Actor,
  how: { readonly via: Approval['via']; readonly digest: string | null },
): Promise<PlanView> {
  const plan = await requirePlan(ops, requireSubject(planId, 'plan').id);
  const nowMs = ops.clock.now();
  const refusal = await approvalRefusalNow(ops, plan, actor, how.digest);
  const userId = personOf(actor);
  if (refusal !== null || userId === null) {
    const reason = refusal ?? 'machine';
    await ops.store.audit.append({ actor, verb: 'plan.approval_refused', subject: plan.id, detail: { reason, via: how.via } }, nowMs);
    throw refuse(reason, { plan: plan.id, verb: `approve ${plan.id}`, list: 'approvers' });
  }
  const approval: Approval = { userId, atMs: nowMs, digest: plan.digest, via: how.via };
  const filed = await ops.store.transaction(async (tx) => {
    const approved = await tx.plans.approve(plan.id, approval, actor);
    if (approved === null) throw new OpsError('conflict', `${plan.id} was decided a moment ago.`, 'Its card shows where it is now.');
    await showPlan(tx, approved, nowMs);
    return approved;
  });
  await seeWhoIsMissing(ops, filed, actor).catch((thrown: unknown) => {
    ops.log.warn({ plan: plan.id, err: thrown }, 'the approval is filed; who else is needed is looked at again');
  });
  ops.executor.wake();
  return await planView(ops, plan.id);
}

async function seeWhoIsMissing(ops: Ops, plan: Plan, actor: Actor): Promise<void> {
  if (countingApprovals(plan) < plan.approvalsNeeded) await lookForLacks(ops, plan);
  else await grant(ops, plan, actor);
}
