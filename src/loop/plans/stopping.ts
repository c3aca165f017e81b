import { system } from '../../domain/actor.ts';
import { explain } from '../../domain/explanation.ts';
import type { Plan } from '../../domain/plan.ts';
import type { Ops } from '../ops.ts';
import { moveJoined } from './joined.ts';
import { showPlan, tell } from './notices.ts';

const ACTOR = system('executor');
const REASON = 'cut off by a pause; nothing was changed';

/** A plan that a pause caught after it was claimed and before its target did anything: it ends as if it had never started. */
export async function stopCutOff(ops: Ops, plan: Plan): Promise<void> {
  const nowMs = ops.clock.now();
  const by = { actor: ACTOR, atMs: nowMs };
  const note = explain('plan.cut_off', '{plan} was cut off by the pause before {target} did anything. Nothing was changed.', {
    plan: plan.id,
    target: plan.targetId,
  });
  await ops.store.transaction(async (tx) => {
    const ended = await tx.plans.move(plan.id, {
      ...by,
      from: ['claimed', 'running'],
      to: 'cancelled',
      patch: { endedBy: { actor: ACTOR, reason: REASON }, executedAtMs: null },
      verb: 'plan.cancelled',
      detail: { reason: REASON },
    });
    if (ended === null) return;
    if (ended.incidentId !== null) {
      const detail = { plan: plan.id, after: 'cancelled' };
      await tx.incidents.move(ended.incidentId, { ...by, from: ['acting', 'planned'], to: 'analysed', verb: 'incident.analysed', detail });
    }
    await moveJoined(tx, ended, async () => 'analysed', note, nowMs);
    await tell(tx, ended.incidentId, note, nowMs);
    await showPlan(tx, ended, nowMs);
  });
}
