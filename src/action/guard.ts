import { system } from '../domain/actor.ts';
import type { Plan } from '../domain/plan.ts';
import type { Policy } from '../domain/policy.ts';
import type { Switch } from '../domain/store.ts';

/** Why a plan that may run does not run yet; null: nothing holds it back. */
export type Hold = 'paused' | 'target_busy' | 'cooldown' | 'rate_cap' | 'blast_radius';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** Switches that are off and cover this plan. */
export function switchesOver(plan: Pick<Plan, 'action'>, service: string | null, switches: readonly Switch[]): readonly Switch[] {
  const scopes = new Set(['all', `action:${plan.action}`, ...(service === null ? [] : [`service:${service}`])]);
  return switches.filter((entry) => scopes.has(entry.scope));
}

/** The kill switch as config and environment set it; nobody can resume those from Slack. */
export const standingSwitches = (policy: Policy): readonly Switch[] =>
  policy.paused.map((scope) => ({ scope, by: system('config'), reason: 'set in the config or the environment', atMs: 0 }));

/** How often this action failed on this target within a day. */
export function failuresOf(step: Pick<Plan, 'action' | 'targetId'>, recent: readonly Plan[], nowMs: number): number {
  const failed = (other: Plan): boolean => other.outcome !== null && other.outcome.result !== 'succeeded' && nowMs - other.outcome.atMs < 24 * HOUR_MS;
  return recent.filter((other) => other.action === step.action && other.targetId === step.targetId && failed(other)).length;
}

/**
 * The bounds that hold for every execution. `recent` are plans that were executed within the last hour or run now, this one
 * not among them; `group` are the resources of the target's service and kind. A plan that people approved is not held by cool-down, cap or share:
 * they saw the target.
 */
export function holdOf(
  plan: Plan,
  service: string | null,
  recent: readonly Plan[],
  switches: readonly Switch[],
  nowMs: number,
  policy: Policy,
  group: readonly string[] = [],
): Hold | null {
  if (switchesOver(plan, service, switches).length > 0) return 'paused';
  const busy: readonly Plan['state'][] = ['claimed', 'running', 'verifying'];
  if (recent.some((other) => other.targetId === plan.targetId && busy.includes(other.state))) return 'target_busy';
  if (plan.approvalsNeeded > 0) return null;
  const executed = recent.filter((other) => other.executedAtMs !== null);
  const cooldownMs = policy.target_cooldown_min * MINUTE_MS;
  if (executed.some((other) => other.targetId === plan.targetId && nowMs - (other.executedAtMs ?? 0) < cooldownMs)) return 'cooldown';
  const lastHour = executed.filter((other) => nowMs - (other.executedAtMs ?? 0) < HOUR_MS);
  if (lastHour.length >= policy.actions_per_hour) return 'rate_cap';
  const touched = new Set([plan.targetId, ...lastHour.map((other) => other.targetId).filter((id) => group.includes(id))]);
  if (touched.size > 1 && touched.size * 100 > group.length * policy.group_share_percent) return 'blast_radius';
  return null;
}
