import { explain } from '../domain/explanation.ts';
import type { Plan } from '../domain/plan.ts';
import type { Clock } from '../domain/ports.ts';
import type { Store } from '../domain/store.ts';
import { peopleWhoWantDms } from './preferences.ts';

export interface NudgeParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly mayApprove: (userId: string, plan: Plan) => Promise<boolean>;
}

/** Writes once to each person who asked for it and may approve the plan that waits. */
export async function nudge({ store, clock, mayApprove }: NudgeParts, plan: Plan): Promise<void> {
  if (plan.state !== 'awaiting_approval') return;
  for (const userId of await peopleWhoWantDms(store)) {
    if (plan.approvals.some((one) => one.userId === userId) || !(await mayApprove(userId, plan))) continue;
    await store.transaction(async (tx) => {
      const nowMs = clock.now();
      if (!(await tx.dedupe.firstTime(`dm:${plan.id}:${userId}`, nowMs))) return;
      const params = { plan: plan.id, action: plan.action.replaceAll('_', ' '), target: plan.targetId, incident: plan.incidentId ?? '–' };
      const note = explain(
        'plan.waits_for_you',
        '{plan} waits for you: {action} on {target} ({incident}). Say "approve {plan}" here, or use its card.',
        params,
      );
      await tx.outbox.add({ type: 'direct', userId, note }, nowMs);
    });
  }
}
