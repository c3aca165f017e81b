import type { ActionFacts } from '../domain/action.ts';
import type { Reversibility } from '../domain/plan.ts';
import type { Policy } from '../domain/policy.ts';
import { higherRisk, RISKS, type Risk, riskAtLeast } from '../domain/risk.ts';
import { freezeAt, isQuiet, type PlanPolicy } from './rules.ts';

type AskReason = 'high_risk' | 'critical_risk' | 'auto_fix_off' | 'rule' | 'quiet_hours' | 'change_freeze' | 'failed_before';

/** What the ladder says of a plan. `reason` is a stable name for audit rows and tests. */
export type PolicyDecision =
  | { readonly kind: 'run'; readonly reason: 'low_risk' }
  | { readonly kind: 'notify'; readonly reason: 'medium_risk'; readonly noticeMs: number }
  | { readonly kind: 'ask'; readonly reason: AskReason; readonly approvals: number };

/**
 * The risk a plan really has: the action's own, raised by the config, one rung lower where a promotion was confirmed, and never
 * under high for what cannot be undone.
 */
export function effectiveRisk(facts: Pick<ActionFacts, 'name' | 'risk' | 'reversibility'>, policy: Policy, promoted = false): Risk {
  const own = higherRisk(facts.risk, policy.risks[facts.name] ?? facts.risk);
  const raised = promoted ? lowerRung(own) : own;
  return mayRunAlone(facts.reversibility) ? raised : higherRisk(raised, 'high');
}

/** Where a promotion takes an action. */
export const lowerRung = (risk: Risk): Risk => RISKS[Math.max(0, RISKS.indexOf(risk) - 1)] ?? risk;

/** Only what can be taken back, or leaves nothing behind, may ever run without a person's leave. */
const mayRunAlone = (reversibility: Reversibility): boolean => reversibility !== 'cannot_be_undone';

/** The risk ladder of the seed: low runs, medium runs after a notice, high asks one person, critical asks several. */
export function decideByRisk(risk: Risk, policy: Policy): PolicyDecision {
  if (risk === 'critical') return { kind: 'ask', reason: 'critical_risk', approvals: policy.quorum };
  if (risk === 'high') return { kind: 'ask', reason: 'high_risk', approvals: 1 };
  if (!policy.auto_fix) return { kind: 'ask', reason: 'auto_fix_off', approvals: 1 };
  if (risk === 'medium') return { kind: 'notify', reason: 'medium_risk', noticeMs: policy.notice_s * 1000 };
  return { kind: 'run', reason: 'low_risk' };
}

/** What the ladder does not know: the time, the plan's rules, and how the action went before. */
export interface Circumstances {
  readonly nowMs: number;
  readonly service: string | null;
  readonly failures: number; // of this action on this target within a day
}

/** The ladder, with rules, freezes, quiet hours and the circuit breaker over it. They only ever ask for more people. */
export function decide(risk: Risk, policy: PlanPolicy, when: Circumstances): PolicyDecision {
  const ladder = decideByRisk(risk, policy);
  const approvals = Math.max(ladder.kind === 'ask' ? ladder.approvals : 0, policy.leastApprovals);
  if (freezeAt(policy, when.service, when.nowMs) !== null) return { kind: 'ask', reason: 'change_freeze', approvals: Math.max(approvals, policy.quorum) };
  if (ladder.kind === 'ask') return { ...ladder, approvals };
  if (approvals > 0) return { kind: 'ask', reason: 'rule', approvals };
  if (isQuiet(policy, when.nowMs)) return { kind: 'ask', reason: 'quiet_hours', approvals: 1 };
  if (when.failures >= policy.max_failures_per_day) return { kind: 'ask', reason: 'failed_before', approvals: 1 };
  return ladder;
}

/** Problems of a policy that the schema cannot see: names of actions that do not exist, risks that would be lowered. */
export function policyProblems(policy: Policy, catalogue: readonly ActionFacts[]): string[] {
  const problems: string[] = [];
  for (const [name, risk] of Object.entries(policy.risks)) {
    const facts = catalogue.find((action) => action.name === name);
    if (facts === undefined) problems.push(`policy.risks.${name}: there is no such action.`);
    else if (!riskAtLeast(risk, facts.risk))
      problems.push(`policy.risks.${name}: its own risk is ${facts.risk}; the config can raise it, not lower it to ${risk}.`);
  }
  if (policy.escalation.includes('*')) problems.push('policy.escalation: name people or groups, not "*": they may approve.');
  for (const [index, rule] of policy.rules.entries()) {
    if (rule.approvers?.includes('*') === true) problems.push(`policy.rules[${index}].approvers: name people or groups, not "*".`);
    for (const name of rule.actions ?? [])
      if (!catalogue.some((action) => action.name === name)) problems.push(`policy.rules[${index}].actions: there is no action "${name}".`);
  }
  for (const scope of policy.paused) {
    const named = /^action:(.*)$/.exec(scope)?.[1];
    const known = named === undefined ? scope === 'all' || scope.startsWith('service:') : catalogue.some((action) => action.name === named);
    if (!known) problems.push(`policy.paused: "${scope}" is neither "all", "action:<name>" nor "service:<name>".`);
  }
  return problems;
}
