import type { Policy } from '../domain/policy.ts';
import { RISKS, type Risk } from '../domain/risk.ts';
import { policyDigest } from './policy-change.ts';

/** A policy that holds together with others: for each plan the strictest of them counts. */
export interface SharedPolicy extends Policy {
  readonly also?: readonly Policy[];
}

const NOBODY = 'U0NOBODY'; // an empty list of executors would ask for none

/**
 * What holds while replicas were started with different policies: nothing is allowed that one of them would not allow. Lists of people
 * are compared as they are written, so a person here and their group there have nothing in common. Rules are compared plan by plan.
 */
export function strictest(own: Policy, others: readonly Policy[]): SharedPolicy {
  const different = others.filter((other) => policyDigest(other) !== policyDigest(own));
  return different.length === 0 ? own : { ...different.reduce(stricter, own), rules: own.rules, also: different };
}

function stricter(a: Policy, b: Policy): Policy {
  return {
    ...a,
    requesters: both(a.requesters, b.requesters),
    approvers: both(a.approvers, b.approvers),
    executors: executorsOf(a.executors, b.executors),
    operators: both(a.operators, b.operators),
    escalation: both(a.escalation, b.escalation),
    separate_groups: [...new Set([...a.separate_groups, ...b.separate_groups])],
    quorum: Math.max(a.quorum, b.quorum),
    notice_s: Math.max(a.notice_s, b.notice_s),
    approval_expires_min: Math.min(a.approval_expires_min, b.approval_expires_min),
    risks: higher(a.risks, b.risks),
    auto_fix: a.auto_fix && b.auto_fix,
    quiet_hours: [...a.quiet_hours, ...b.quiet_hours],
    freezes: [...a.freezes, ...b.freezes],
    paused: [...new Set([...a.paused, ...b.paused])],
    actions_per_hour: Math.min(a.actions_per_hour, b.actions_per_hour),
    target_cooldown_min: Math.max(a.target_cooldown_min, b.target_cooldown_min),
    group_share_percent: Math.min(a.group_share_percent, b.group_share_percent),
    max_failures_per_day: Math.min(a.max_failures_per_day, b.max_failures_per_day),
    max_attempts_per_incident: Math.min(a.max_attempts_per_incident, b.max_attempts_per_incident),
  };
}

/** Who is in both lists. */
export const both = (a: readonly string[], b: readonly string[]): string[] => {
  if (a.includes('*')) return [...b];
  return b.includes('*') ? [...a] : a.filter((one) => b.includes(one));
};

/** Empty asks for no executor. */
export function executorsOf(a: readonly string[], b: readonly string[]): string[] {
  if (a.length === 0 || b.length === 0) return [...a, ...b];
  const common = both(a, b);
  return common.length > 0 ? common : [NOBODY];
}

function higher(a: Readonly<Record<string, Risk>>, b: Readonly<Record<string, Risk>>): Record<string, Risk> {
  const merged: Record<string, Risk> = { ...a };
  for (const [action, risk] of Object.entries(b)) if (RISKS.indexOf(risk) > RISKS.indexOf(merged[action] ?? 'low')) merged[action] = risk;
  return merged;
}

/** The start of a policy's digest: how people tell two of them apart. */
export const policyMark = (policy: Policy): string => policyDigest(policy).slice(0, 12);
