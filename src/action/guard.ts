import type { Plan } from '../domain/plan.ts';
import type { Policy } from '../domain/policy.ts';
import type { Switch } from '../domain/store.ts';

/** Why a plan that may run does not run yet; null: nothing holds it back. */
export type Hold = 'paused' | 'target_busy' | 'cooldown' | 'rate_cap';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** Switches that are off and cover this plan. */
export function switchesOver(plan: Pick<Plan, 'action'>, service: string | null, switches: readonly Switch[]): readonly Switch[] {
  const scopes = new Set(['all', `action:${plan.action}`, ...(service === null ? [] : [`service:${service}`])]);
  return switches.filter((entry) => scopes.has(entry.scope));
}

/**
 * The bounds that hold for every execution. `recent` are plans that were executed within the last hour or run now, this one
 * not among them. A plan that people approved is not held by the cool-down or the hourly cap: they saw the target.
 */
export function holdOf(plan: Plan, service: string | null, recent: readonly Plan[], switches: readonly Switch[], nowMs: number, policy: Policy): Hold | null {
  if (switchesOver(plan, service, switches).length > 0) return 'paused';
  const busy: readonly Plan['state'][] = ['claimed', 'running', 'verifying'];
  if (recent.some((other) => other.targetId === plan.targetId && busy.includes(other.state))) return 'target_busy';
  if (plan.approvalsNeeded > 0) return null;
  const executed = recent.filter((other) => other.executedAtMs !== null);
  const cooldownMs = policy.target_cooldown_min * MINUTE_MS;
  if (executed.some((other) => other.targetId === plan.targetId && nowMs - (other.executedAtMs ?? 0) < cooldownMs)) return 'cooldown';
  if (executed.filter((other) => nowMs - (other.executedAtMs ?? 0) < HOUR_MS).length >= policy.actions_per_hour) return 'rate_cap';
  return null;
}
