import { createHash } from 'node:crypto';
import type { ActionFacts } from '../domain/action.ts';
import type { Plan } from '../domain/plan.ts';
import type { TargetState } from '../domain/ports.ts';

/**
 * SHA-256 over everything an approver relies on: action, target, parameters, risk, how it is taken back, and the target as read.
 * An approval counts for this digest only.
 */
export function planDigest(plan: Pick<Plan, 'action' | 'targetId' | 'params' | 'risk' | 'reversibility'>, target: TargetState): string {
  const params = Object.entries(plan.params).sort(([a], [b]) => (a < b ? -1 : 1));
  const parts = [plan.action, plan.targetId, params, plan.risk, plan.reversibility, target.fingerprint];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}

/** Whether the action's own parameters fit; the first problem in words, or null. */
export function paramProblem(facts: ActionFacts, params: unknown): string | null {
  const parsed = facts.params.safeParse(params);
  if (parsed.success) return null;
  const issue = parsed.error.issues[0];
  return issue === undefined ? 'they do not fit' : `${issue.path.join('.') || 'parameters'}: ${issue.message}`;
}
