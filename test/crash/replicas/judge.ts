import type { Plan } from '../../../src/domain/plan.ts';

/**
 * What became of a plan that a person approved. It ran once and is being checked, or ended, or is said never to have reached its target;
 * `executed` is how often the account itself saw it.
 */
export function judgePlan(plan: Plan, executed: number, approvals: number): 'double' | 'lost action' | 'lost approval' | null {
  if (executed > 1) return 'double';
  if (plan.state === 'awaiting_approval' || approvals === 0 || plan.approvals.length === 0) return 'lost approval';
  const saysItNeverRan = plan.outcome?.detail.code === 'plan.interrupted';
  if (saysItNeverRan) return executed === 0 ? null : 'lost action';
  return executed === 1 && !['approved', 'claimed', 'running'].includes(plan.state) ? null : 'lost action';
}

/** One alert is one anomaly in one incident with one card. */
export function judgeAlert(anomalies: number, incidentId: string | null, cards: number): 'lost' | 'double' | null {
  if (anomalies > 1 || cards > 1) return 'double';
  return anomalies === 1 && incidentId !== null && cards === 1 ? null : 'lost';
}
