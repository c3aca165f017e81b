import type { Incident } from '../src/domain/incident.ts';
import type { Params, Plan, PlanState } from '../src/domain/plan.ts';
import type { Risk } from '../src/domain/risk.ts';
import type { Switch } from '../src/domain/store.ts';
import { type CardOptions, code, date, type Locale, mention, safe, who } from './card.ts';
import { localised, say, sayIfKnown } from './locales/say.ts';

const MOST_NAMES = 5;
const STATE_ICONS: Record<PlanState, string> = {
  proposed: '📝',
  notified: '⏱️',
  awaiting_approval: '✋',
  approved: '☑️',
  claimed: '⚙️',
  running: '⚙️',
  verifying: '⏳',
  succeeded: '✅',
  rolled_back: '↩️',
  failed: '❌',
  outcome_unknown: '❓',
  rejected: '🚫',
  expired: '⌛',
  cancelled: '⏹️',
};
const RISK_ICONS: Record<Risk, string> = { low: '🟢', medium: '🟡', high: '🟠', critical: '🔴' };

export const planState = (state: PlanState, locale: Locale): string => `${STATE_ICONS[state]}\u00a0*${say(locale)(`plan.state.${state}`)}*`;
export const planStateIcon = (state: PlanState): string => STATE_ICONS[state];
export const riskWords = (risk: Risk, locale: Locale): string => `${RISK_ICONS[risk]}\u00a0${say(locale)(`risk.${risk}`)}`;

/** "Restart the service"; an action without a title in the table reads as its own name. Not escaped. */
export function actionTitle(action: string, locale: Locale): string {
  const name = action.replaceAll('_', ' ');
  return sayIfKnown(locale, `action.${action}`) ?? (name.charAt(0).toUpperCase() + name.slice(1) || '–');
}

/** "*Restart the service* on `ecs/checkout`", for mrkdwn. */
export function actionOnTarget(plan: { readonly action: string; readonly targetId: string }, locale: Locale): string {
  return say(locale)('action.on', { action: safe(actionTitle(plan.action, locale), 120), target: code(plan.targetId) });
}

/** Not escaped. */
export const paramName = (name: string, locale: Locale): string => sayIfKnown(locale, `param.${name}`) ?? name.replaceAll('_', ' ');

/** "count 4 · size large", at most six; empty when there are none. */
export function paramWords(params: Params, locale: Locale): string {
  return Object.entries(params)
    .slice(0, 6)
    .map(([name, value]) => `${safe(paramName(name, locale), 40)} ${code(String(value), 40)}`)
    .join(' · ');
}

/** Who approved and when, what is still missing, and until when. */
export function approvalLines(plan: Plan, options: CardOptions): string[] {
  const words = say(options.locale);
  const given = plan.approvals
    .slice(0, 10)
    .map((one) => words('plan.approved_by', { who: mention(one.userId) ?? safe(one.userId, 40), when: date(one.atMs), via: words(`plan.via.${one.via}`) }));
  if (plan.state !== 'awaiting_approval') return given;
  const missing = Math.max(0, plan.approvalsNeeded - plan.approvals.length);
  const key = plan.approvalsNeeded > 1 ? 'plan.missing_quorum' : 'plan.missing_one';
  return [...given, `✋ ${words(key, { have: plan.approvals.length, need: plan.approvalsNeeded, missing })}`, ...lackLines(plan, options)];
}

/** Who has to be among those who approve, and is not yet. */
export function lackLines(plan: Plan, options: CardOptions): string[] {
  const words = say(options.locale);
  if (plan.state !== 'awaiting_approval') return [];
  return (plan.lacks ?? []).map((lack) => {
    const ids = lack.kind === 'executor' ? lack.people : lack.groups;
    const shown = ids.slice(0, MOST_NAMES).map((id) => (id === '*' ? words('policy.everybody') : (mention(id) ?? code(id, 40))));
    const who = ids.length > MOST_NAMES ? [...shown, words('list.more', { n: ids.length - MOST_NAMES })] : shown;
    return `👤 ${words(`plan.lacks.${lack.kind}`, { who: who.join(', ') })}`;
  });
}

/** When the plan runs or lapses by itself: a moment that each reader sees in their own time. */
export function deadline(plan: Plan, options: CardOptions): string {
  const words = say(options.locale);
  if (plan.state === 'notified' && plan.runAtMs !== null) return `⏱️ ${words('plan.runs_at', { when: date(plan.runAtMs, 'seconds') })}`;
  if (plan.state === 'awaiting_approval' && plan.expiresAtMs !== null) return `⌛ ${words('plan.expires_at', { when: date(plan.expiresAtMs) })}`;
  if (plan.state === 'verifying' && plan.verifyUntilMs !== null) return `⏳ ${words('plan.verify_until', { when: date(plan.verifyUntilMs) })}`;
  return '';
}

/** Which switch holds the plan back, who turned it off and why. */
export function pausedLines(paused: readonly Switch[], options: CardOptions): string[] {
  const words = say(options.locale);
  return paused
    .slice(0, 3)
    .map(
      (one) =>
        `⏸️ ${words('plan.paused', { scope: scopeWords(one.scope, options.locale), who: who(one.by, options.locale), reason: safe(one.reason, 150) || '–' })}`,
    );
}

/** A switch's scope in words: everything, one action, one service. */
export function scopeWords(scope: string, locale: Locale): string {
  const words = say(locale);
  if (scope === 'all') return words('scope.all');
  if (scope.startsWith('action:')) return words('scope.action', { name: safe(actionTitle(scope.slice(7), locale), 80) });
  return words('scope.service', { name: code(scope.replace(/^service:/, '')) });
}

/** "INC-12 Checkout is slow" for a line about the incident of a plan. */
export const incidentName = (incident: Incident, locale: Locale): string => `*${safe(incident.id, 20)}* ${safe(localised(incident.title, locale), 120)}`;
