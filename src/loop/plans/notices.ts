import type { Explanation } from '../../domain/explanation.ts';
import type { Plan } from '../../domain/plan.ts';
import type { Policy } from '../../domain/policy.ts';
import type { Repositories } from '../../domain/store.ts';

/** Every card of a plan is shown anew: its own, its incident's, and those of incidents that wait for it. */
export async function showPlan(tx: Repositories, plan: Plan, nowMs: number): Promise<void> {
  await tx.outbox.add({ type: 'plan', planId: plan.id }, nowMs);
  for (const incidentId of [plan.incidentId, ...(plan.joined ?? [])]) if (incidentId !== null) await tx.outbox.add({ type: 'incident', incidentId }, nowMs);
}

/** A line in the incident's thread. */
export async function tell(tx: Repositories, incidentId: string | null, note: Explanation, nowMs: number, mentions: readonly string[] = []): Promise<void> {
  if (incidentId !== null) await tx.outbox.add({ type: 'thread', incidentId, note, mentions: [...mentions] }, nowMs);
}

/** Ids of calls as an audit row names them; nothing when there are none. */
export const namesOf = (calls: readonly string[]): { readonly awsRequests?: readonly string[] } => (calls.length === 0 ? {} : { awsRequests: calls });

const MOST_MENTIONS = 20;

/** Whom to call when the bot can do no more: the approvers, people and groups. */
export const peopleToCall = (policy: Policy): string[] => policy.approvers.slice(0, MOST_MENTIONS);
