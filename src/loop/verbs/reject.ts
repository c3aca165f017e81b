import type { Actor } from '../../domain/actor.ts';
import { OpsError } from '../../domain/errors.ts';
import { requireSubject } from '../../domain/names.ts';
import type { Plan, PlanState } from '../../domain/plan.ts';
import { redact } from '../../domain/redact.ts';
import type { PlanView } from '../../domain/views.ts';
import type { Ops } from '../ops.ts';
import { stop } from '../plans/finish.ts';
import { policyOf } from '../plans/recheck.ts';
import { requireListed } from './people.ts';
import { planView, requirePlan } from './views.ts';

const MOST_REASON = 1000;

/** One approver's no ends a plan that waits for approval. */
export async function reject(ops: Ops, planId: string, actor: Actor, reason: string): Promise<PlanView> {
  return await end(ops, planId, actor, reason, 'rejected', ['awaiting_approval']);
}

/** Stops a plan before it starts: the cancel button of a notice. Whoever may ask for a fix or approve one may stop one. */
export async function cancel(ops: Ops, planId: string, actor: Actor, reason: string): Promise<PlanView> {
  return await end(ops, planId, actor, reason, 'cancelled', ['proposed', 'notified', 'awaiting_approval', 'approved']);
}

async function end(ops: Ops, planId: string, actor: Actor, reason: string, to: 'rejected' | 'cancelled', from: readonly PlanState[]): Promise<PlanView> {
  const plan = await requirePlan(ops, requireSubject(planId, 'plan').id);
  await requireMayStop(ops, plan, actor, to);
  const ended = await stop(ops, plan.id, to, actor, redact(reason.trim().slice(0, MOST_REASON)) || 'no reason given', from);
  if (ended === null) throw tooLate(await requirePlan(ops, plan.id), to);
  return await planView(ops, plan.id);
}

async function requireMayStop(ops: Ops, plan: Plan, actor: Actor, to: 'rejected' | 'cancelled'): Promise<void> {
  const policy = await policyOf(ops, plan);
  if (to === 'rejected') return await requireListed(ops, actor, 'approvers', 'reject a plan', policy);
  const asRequester = await requireListed(ops, actor, 'requesters', 'cancel a plan', policy).then(
    () => true,
    () => false,
  );
  if (!asRequester) await requireListed(ops, actor, 'approvers', 'cancel a plan', policy);
}

function tooLate(plan: Plan, to: 'rejected' | 'cancelled'): OpsError {
  const words: Partial<Record<PlanState, string>> = {
    claimed: 'it is running already',
    running: 'it is running already',
    verifying: 'it ran already',
    succeeded: 'it ran already, and it worked',
    rejected: 'somebody rejected it before',
    cancelled: 'somebody cancelled it before',
    expired: 'it expired before',
  };
  const verb = to === 'rejected' ? 'reject' : 'cancel';
  return new OpsError(
    'conflict',
    `Too late to ${verb} ${plan.id}: ${words[plan.state] ?? `it is ${plan.state.replaceAll('_', ' ')}`}.`,
    'Its card shows where it is now.',
  );
}
