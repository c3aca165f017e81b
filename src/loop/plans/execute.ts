import { requireAction } from '../../action/catalogue/index.ts';
import { switchesOver } from '../../action/guard.ts';
import { type Actor, system } from '../../domain/actor.ts';
import { type ErrorCode, OpsError, toOpsError } from '../../domain/errors.ts';
import { explain } from '../../domain/explanation.ts';
import { type Plan, type PlanState, stepOf } from '../../domain/plan.ts';
import type { Receipt } from '../../domain/ports.ts';
import { redact } from '../../domain/redact.ts';
import type { Ops } from '../ops.ts';
import { finish, stop } from './finish.ts';
import { showPlan, tell } from './notices.ts';
import { recheck, serviceOf, switchesNow } from './recheck.ts';

const ACTOR: Actor = system('executor');
const STARTABLE: readonly PlanState[] = ['approved', 'notified'];

/** With these the target refused and nothing happened; after any other error nobody knows yet. */
const REFUSED: readonly ErrorCode[] = ['invalid_input', 'not_found', 'forbidden', 'conflict', 'limited'];

/**
 * Runs one plan that may run: re-check, claim (once, in the store), execute, hand over to verification. Whatever happens after
 * the claim, the plan is never claimed again.
 */
export async function execute(ops: Ops, plan: Plan): Promise<void> {
  const verdict = await recheck(ops, plan);
  if (verdict.kind === 'hold') return;
  if (verdict.kind === 'void') {
    await stop(ops, plan.id, 'cancelled', ACTOR, voidReason(verdict.reason), STARTABLE);
    return;
  }
  const claimed = await claim(ops, plan);
  if (claimed === null) return;
  const facts = { plan: plan.id, action: plan.action, target: plan.targetId, ...(plan.incidentId === null ? {} : { incident: plan.incidentId }) };
  await ops.step('plan', facts, () => run(ops, claimed));
}

async function claim(ops: Ops, plan: Plan): Promise<Plan | null> {
  const nowMs = ops.clock.now();
  const service = await serviceOf(ops, plan);
  return await ops.store.transaction(async (tx) => {
    // The switch is read in the very transaction that claims: a pause that was answered before is never overtaken.
    if (switchesOver(plan, service, await switchesNow(tx, ops.policy)).length > 0) return null;
    const claimed = await tx.plans.move(plan.id, { from: STARTABLE, to: 'claimed', digest: plan.digest, actor: ACTOR, verb: 'plan.claimed', atMs: nowMs });
    if (claimed === null) return null;
    if (claimed.incidentId !== null) {
      await tx.incidents.move(claimed.incidentId, {
        from: ['planned', 'open', 'analysed', 'unresolved'],
        to: 'acting',
        actor: ACTOR,
        verb: 'incident.acting',
        detail: { plan: plan.id },
        atMs: nowMs,
      });
    }
    await showPlan(tx, claimed, nowMs);
    return claimed;
  });
}

async function run(ops: Ops, plan: Plan): Promise<void> {
  const facts = requireAction(plan.action);
  const startedAtMs = ops.clock.now();
  const running = await ops.store.plans.move(plan.id, {
    from: ['claimed'],
    to: 'running',
    patch: { executedAtMs: startedAtMs },
    actor: ACTOR,
    verb: 'plan.running',
    atMs: startedAtMs,
  });
  if (running === null) return;
  try {
    const receipt = await ops.remediator.execute(stepOf(running), running.idempotencyKey, AbortSignal.timeout(facts.timeoutMs));
    await toVerifying(ops, running, receipt);
  } catch (thrown) {
    const error = toOpsError(thrown);
    ops.log.warn({ plan: plan.id, err: thrown }, 'an action did not go through');
    if (thrown instanceof OpsError && REFUSED.includes(error.code)) {
      await finish(ops, running, 'failed', explain('plan.refused', '{plan} did not run: {reason}', { plan: plan.id, reason: redact(error.message) }));
    } else {
      await resolveDoubt(ops, running);
    }
  }
}

/**
 * For a plan of which nobody knows whether it ran (a crash, a time-out): asks the target. It is never run again.
 */
export async function resolveDoubt(ops: Ops, plan: Plan): Promise<void> {
  const found = await ops.remediator.lookup(stepOf(plan), plan.idempotencyKey, AbortSignal.timeout(30_000)).catch((thrown: unknown) => {
    ops.log.warn({ plan: plan.id, err: thrown }, 'the target cannot say whether the action ran');
    return { found: 'unknown' as const, receipt: null };
  });
  if (found.found === 'yes') return await toVerifying(ops, plan, found.receipt ?? {});
  if (found.found === 'no') {
    await finish(
      ops,
      plan,
      'failed',
      explain('plan.interrupted', '{plan} was interrupted before it reached {target}. Nothing was changed, and it is not run again by itself.', {
        plan: plan.id,
        target: plan.targetId,
      }),
    );
    return;
  }
  await finish(
    ops,
    plan,
    'outcome_unknown',
    explain('plan.unknown', 'Nobody can say whether {plan} reached {target}. Please look at it; opsloop will not run it again.', {
      plan: plan.id,
      target: plan.targetId,
    }),
  );
}

async function toVerifying(ops: Ops, plan: Plan, receipt: Receipt): Promise<void> {
  const facts = requireAction(plan.action);
  const nowMs = ops.clock.now();
  await ops.store.transaction(async (tx) => {
    const patch = { receipt: { ...receipt }, executedAtMs: nowMs, verifyAfterMs: nowMs + facts.settleMs, verifyUntilMs: nowMs + facts.verifyWithinMs };
    const moved = await tx.plans.move(plan.id, {
      from: ['claimed', 'running'],
      to: 'verifying',
      patch,
      actor: ACTOR,
      verb: 'plan.executed',
      detail: { receipt: { ...receipt } },
      atMs: nowMs,
    });
    if (moved === null) return;
    if (moved.incidentId !== null) {
      await tx.incidents.move(moved.incidentId, {
        from: ['acting', 'planned'],
        to: 'verifying',
        actor: ACTOR,
        verb: 'incident.verifying',
        detail: { plan: plan.id },
        atMs: nowMs,
      });
    }
    await tell(
      tx,
      moved.incidentId,
      explain('plan.ran', '{plan} ran: {title} on {target}. Checking whether it helped.', { plan: plan.id, title: facts.title, target: plan.targetId }),
      nowMs,
    );
    await showPlan(tx, moved, nowMs);
  });
}

function voidReason(reason: string): string {
  const words: Record<string, string> = {
    action_gone: 'the action is no longer in the catalogue',
    risk_raised: 'the policy now gives it a higher risk',
    approval_gone: 'somebody who approved may no longer do so',
    approvals_missing: 'it has too few approvals that count',
    requester_gone: 'the person who asked may no longer do so',
    target_gone: 'the target is gone',
    target_changed: 'the target changed since the plan was made',
  };
  return `${words[reason] ?? reason}; it needs a new plan`;
}
