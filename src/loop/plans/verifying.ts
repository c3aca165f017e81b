import { requireAction } from '../../action/catalogue/index.ts';
import { type Actor, system } from '../../domain/actor.ts';
import { explain } from '../../domain/explanation.ts';
import type { Plan } from '../../domain/plan.ts';
import type { Receipt } from '../../domain/ports.ts';
import type { Ops } from '../ops.ts';
import { namesOf, showPlan, tell } from './notices.ts';

const ACTOR: Actor = system('executor');

/** The target did it (`calls`: the ids it gave to the calls): from now on the metrics say whether it helped. */
export async function toVerifying(ops: Ops, plan: Plan, receipt: Receipt, calls: readonly string[]): Promise<void> {
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
      detail: { receipt: { ...receipt }, ...namesOf(calls) },
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
