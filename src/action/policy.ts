import type { ActionFacts } from '../domain/action.ts';
import type { Reversibility } from '../domain/plan.ts';
import type { Policy } from '../domain/policy.ts';
import { higherRisk, type Risk, riskAtLeast } from '../domain/risk.ts';

/** What the ladder says of a plan. `reason` is a stable name for audit rows and tests. */
export type PolicyDecision =
  | { readonly kind: 'run'; readonly reason: 'low_risk' }
  | { readonly kind: 'notify'; readonly reason: 'medium_risk'; readonly noticeMs: number }
  | { readonly kind: 'ask'; readonly reason: 'high_risk' | 'critical_risk' | 'auto_fix_off'; readonly approvals: number };

/** The risk a plan really has: the action's own, raised by the config, and never under high for what cannot be undone. */
export function effectiveRisk(facts: Pick<ActionFacts, 'name' | 'risk' | 'reversibility'>, policy: Policy): Risk {
  const raised = higherRisk(facts.risk, policy.risks[facts.name] ?? facts.risk);
  return mayRunAlone(facts.reversibility) ? raised : higherRisk(raised, 'high');
}

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

/** Problems of a policy that the schema cannot see: names of actions that do not exist, risks that would be lowered. */
export function policyProblems(policy: Policy, catalogue: readonly ActionFacts[]): string[] {
  const problems: string[] = [];
  for (const [name, risk] of Object.entries(policy.risks)) {
    const facts = catalogue.find((action) => action.name === name);
    if (facts === undefined) problems.push(`policy.risks.${name}: there is no such action.`);
    else if (!riskAtLeast(risk, facts.risk))
      problems.push(`policy.risks.${name}: its own risk is ${facts.risk}; the config can raise it, not lower it to ${risk}.`);
  }
  return problems;
}
