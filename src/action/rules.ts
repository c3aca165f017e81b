import type { Freeze, Policy, PolicyRule, QuietHours } from '../domain/policy.ts';
import type { Risk } from '../domain/risk.ts';
import { both, executorsOf, type SharedPolicy } from './strictest.ts';

/** What rules look at. */
export interface Place {
  readonly action: string;
  readonly risk: Risk;
  readonly service: string | null;
  readonly environment: string | null;
}
/** The policy as it is for one plan. */
export interface PlanPolicy extends Policy {
  readonly leastApprovals: number; // 0: what the risk asks for
}

/**
 * Puts the rules that fit over the policy's lists, in order; the people to escalate to may approve as well. With several policies, who is
 * in all of them.
 */
export function policyFor({ also = [], ...policy }: SharedPolicy, place: Place): PlanPolicy {
  return also.map((other) => byRules(other, place)).reduce(narrower, byRules(policy, place));
}

const narrower = (a: PlanPolicy, b: PlanPolicy): PlanPolicy => ({
  ...a,
  requesters: both(a.requesters, b.requesters),
  approvers: both(a.approvers, b.approvers),
  executors: executorsOf(a.executors, b.executors),
  leastApprovals: Math.max(a.leastApprovals, b.leastApprovals),
});

function byRules(policy: Policy, place: Place): PlanPolicy {
  let leastApprovals = 0;
  let lists = { requesters: policy.requesters, approvers: policy.approvers, executors: policy.executors };
  for (const rule of policy.rules.filter((one) => fits(one, place))) {
    const { requesters = lists.requesters, approvers = lists.approvers, executors = lists.executors } = rule;
    lists = { requesters, approvers, executors };
    leastApprovals = Math.max(leastApprovals, rule.approvals ?? 0);
  }
  return { ...policy, ...lists, approvers: [...new Set([...lists.approvers, ...policy.escalation])], leastApprovals };
}

/** Everybody whom any rule lets ask: for a first look, before it is known what is asked for. */
export const anyRequester = (policy: Policy): Policy => ({
  ...policy,
  requesters: [...policy.requesters, ...policy.rules.flatMap((rule) => rule.requesters ?? [])],
});

const fits = (rule: PolicyRule, place: Place): boolean =>
  (rule.actions?.includes(place.action) ?? true) &&
  (rule.risks?.includes(place.risk) ?? true) &&
  (rule.services?.includes(place.service ?? '') ?? true) &&
  (rule.environments?.includes(place.environment ?? '') ?? true);

/** The freeze that holds now for a service, or null. */
export function freezeAt(policy: Policy, service: string | null, nowMs: number): Freeze | null {
  const holds = ({ from, to, services }: Freeze): boolean =>
    nowMs >= Date.parse(from) && nowMs < Date.parse(to) && (services === undefined || services.includes(service ?? ''));
  return policy.freezes.find(holds) ?? null;
}

export const isQuiet = (policy: Policy, nowMs: number): boolean => policy.quiet_hours.some((hours) => within(hours, nowMs));

const DAY_MS = 86_400_000;

function within(hours: QuietHours, nowMs: number): boolean {
  const now = localTime(hours.time_zone, nowMs);
  const { from, to } = hours;
  const on = (day: string): boolean => hours.days.some((one) => one === day);
  if (from < to) return on(now.day) && now.time >= from && now.time < to;
  return (on(now.day) && now.time >= from) || (on(localTime(hours.time_zone, nowMs - DAY_MS).day) && now.time < to);
}

function localTime(timeZone: string, atMs: number): { readonly day: string; readonly time: string } {
  const format = new Intl.DateTimeFormat('en-GB', { timeZone, weekday: 'long', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  const parts = new Map(format.formatToParts(atMs).map((part): [string, string] => [part.type, part.value]));
  return { day: parts.get('weekday')?.toLowerCase() ?? '', time: `${parts.get('hour')}:${parts.get('minute')}` };
}
