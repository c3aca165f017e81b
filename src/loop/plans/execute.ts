import { requireAction } from '../../action/catalogue/index.ts';
import { switchesOver } from '../../action/guard.ts';
import { policyDigest } from '../../action/policy-change.ts';
import { type Actor, system } from '../../domain/actor.ts';
import { type ErrorCode, OpsError, toOpsError } from '../../domain/errors.ts';
import { explain } from '../../domain/explanation.ts';
import { notingCalls } from '../../domain/origin.ts';
import { type Plan, type PlanState, stepOf } from '../../domain/plan.ts';
import type { Policy } from '../../domain/policy.ts';
import { redact } from '../../domain/redact.ts';
import type { Ops } from '../ops.ts';
import { resolveDoubt } from './doubt.ts';
import { finish, stop } from './finish.ts';
import { showPlan } from './notices.ts';
import { recheck, serviceOf, switchesNow } from './recheck.ts';
import { stopCutOff } from './stopping.ts';
import { toVerifying } from './verifying.ts';

const ACTOR: Actor = system('executor');
const STARTABLE: readonly PlanState[] = ['approved', 'notified'];

/** With these the target refused and nothing happened; after any other error nobody knows yet. */
const REFUSED: readonly ErrorCode[] = ['invalid_input', 'not_found', 'forbidden', 'conflict', 'limited'];

/**
 * Runs one plan that may run: re-check, claim (once, in the store), execute, hand over to verification. Whatever happens after
 * the claim, the plan is never claimed again.
 */
export async function execute(ops: Ops, plan: Plan): Promise<void> {
  const { policy } = ops;
  const verdict = await recheck(ops, plan);
  if (verdict.kind === 'hold') return;
  if (verdict.kind === 'void') {
    await stop(ops, plan.id, 'cancelled', ACTOR, voidReason(verdict.reason), STARTABLE);
    return;
  }
  const claimed = await claim(ops, plan, policy);
  if (claimed === null) return;
  const facts = { plan: plan.id, action: plan.action, target: plan.targetId, ...(plan.incidentId === null ? {} : { incident: plan.incidentId }) };
  await ops.step('plan', facts, () => run(ops, claimed));
}

/** `checked`: the policy the plan was checked against. One that has changed meanwhile means another look. */
async function claim(ops: Ops, plan: Plan, checked: Policy): Promise<Plan | null> {
  const nowMs = ops.clock.now();
  const service = await serviceOf(ops, plan);
  return await ops.store.transaction(async (tx) => {
    // The checks took their time, and the world did not wait: what may have changed meanwhile is looked at once more.
    if (plan.expiresAtMs !== null && nowMs >= plan.expiresAtMs) return null;
    if (policyDigest(ops.policy) !== policyDigest(checked)) return null;
    await ops.replicas.fence(tx);
    // The switch is read in the very transaction that claims: a pause that was answered before is never overtaken.
    if (switchesOver(plan, service, await switchesNow(tx, ops.policy)).length > 0) return null;
    const claimed = await tx.plans.move(plan.id, { from: STARTABLE, to: 'claimed', digest: plan.digest, actor: ACTOR, verb: 'plan.claimed', atMs: nowMs });
    if (claimed === null) return null;
    await ops.replicas.claim(tx, `plan:${plan.id}`);
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

/** From here on the plan is never claimed again, whatever happens. A pause cuts the call off until the target has done it. */
async function run(ops: Ops, plan: Plan): Promise<void> {
  await ops.executor.flights.during(plan, 'execute', requireAction(plan.action).timeoutMs, async (signal) => {
    const running = await begin(ops, plan);
    if (running === null) return;
    if (running === 'paused' || signal.aborted) return await stopCutOff(ops, plan);
    // Frozen since the claim: another may have looked it up already and said that it never ran. So it must not run.
    if (!ops.replicas.leads()) return await resolveDoubt(ops, running);
    const calls: string[] = [];
    try {
      const receipt = await notingCalls(calls, () => ops.remediator.execute(stepOf(running), running.idempotencyKey, signal));
      await toVerifying(ops, running, receipt, calls);
    } catch (thrown) {
      const error = toOpsError(thrown);
      ops.log.warn({ plan: plan.id, err: thrown }, 'an action did not go through');
      if (thrown instanceof OpsError && REFUSED.includes(error.code)) {
        const why = explain('plan.refused', '{plan} did not run: {reason}', { plan: plan.id, reason: redact(error.message) });
        await finish(ops, running, 'failed', why, calls);
      } else {
        await resolveDoubt(ops, running, { cutOff: ops.executor.flights.wasCutOff(plan.id), calls });
      }
    }
  });
}

/** The last look at the switch, in the transaction after which the target is told. Null: somebody else ended the plan. */
async function begin(ops: Ops, plan: Plan): Promise<Plan | 'paused' | null> {
  const nowMs = ops.clock.now();
  const service = await serviceOf(ops, plan);
  return await ops.store.transaction(async (tx) => {
    if (switchesOver(plan, service, await switchesNow(tx, ops.policy)).length > 0) return 'paused';
    const patch = { executedAtMs: nowMs };
    return await tx.plans.move(plan.id, { from: ['claimed'], to: 'running', patch, actor: ACTOR, verb: 'plan.running', atMs: nowMs });
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
