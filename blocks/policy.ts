import type { Policy, PolicyRule } from '../src/domain/policy.ts';
import type { PolicyChange, Promoted } from '../src/domain/requests.ts';
import { type Card, type CardOptions, code, type Locale, mention, safe } from './card.ts';
import { say } from './locales/say.ts';
import { context, fields, header, list, section } from './parts.ts';
import { actionTitle } from './plan-words.ts';

const MOST_PEOPLE = 10;
const MOST_LINES = 10;
const MOST_KEYS = 25;

/** Who may do what, and the bounds on it, as it is in force. Seen by the one who asked, so the names in it call nobody. */
export function policyCard(policy: Policy, { locale }: CardOptions): Card {
  const words = say(locale);
  const who = (list: readonly string[]): string => people(list, locale);
  return {
    text: words('policy.title'),
    blocks: [
      header(`📋 ${words('policy.title')}`),
      section(words('policy.ladder', { quorum: policy.quorum, notice: policy.notice_s, expires: policy.approval_expires_min })),
      ...fields([
        [words('policy.requesters'), who(policy.requesters)],
        [words('policy.approvers'), who(policy.approvers)],
        [words('policy.operators'), who(policy.operators)],
        policy.executors.length === 0 ? null : [words('policy.executors'), who(policy.executors)],
        policy.escalation.length === 0 ? null : [words('policy.escalation'), who(policy.escalation)],
      ]),
      ...list(
        words('policy.rules'),
        policy.rules.slice(0, MOST_LINES).map((rule) => ruleLine(rule, locale)),
      ),
      ...list(words('policy.times'), timeLines(policy, locale)),
      ...context([
        words('policy.bounds', {
          hour: policy.actions_per_hour,
          cooldown: policy.target_cooldown_min,
          share: policy.group_share_percent,
          failures: policy.max_failures_per_day,
        }),
        policy.auto_fix ? '' : words('policy.auto_off'),
      ]),
    ],
  };
}

/** What a reload changed; the whole of it is on the policy's own card. */
export function reloadedCard({ changed, after }: PolicyChange, { locale }: CardOptions): Card {
  const words = say(locale);
  const settings = changed.slice(0, MOST_KEYS).map((key) => code(key, 40));
  const text = changed.length === 0 ? words('policy.same') : words('policy.reloaded', { settings: settings.join(' ') });
  return { text, blocks: [section(`📋 ${text}`), ...context([words('policy.digest', { digest: code(after.slice(0, 12)) })])] };
}

/** An action runs one risk level lower for a pattern from now on. */
export function promotedCard({ patternId, action, from, to }: Promoted, { locale }: CardOptions): Card {
  const words = say(locale);
  const params = { action: actionTitle(action, locale), pattern: safe(patternId, 40), from: words(`risk.${from}`), to: words(`risk.${to}`) };
  const text = words('policy.promoted', params);
  return { text, blocks: [section(`⬆️ ${text}`)] };
}

function people(list: readonly string[], locale: Locale): string {
  const words = say(locale);
  if (list.length === 0) return words('policy.nobody');
  if (list.includes('*')) return words('policy.everybody');
  const shown = list.slice(0, MOST_PEOPLE).map((id) => mention(id) ?? code(id));
  return [...shown, ...(list.length > MOST_PEOPLE ? [words('list.more', { n: list.length - MOST_PEOPLE })] : [])].join(', ');
}

function ruleLine(rule: PolicyRule, locale: Locale): string {
  const words = say(locale);
  const where = [...(rule.actions ?? []), ...(rule.risks ?? []), ...(rule.services ?? []), ...(rule.environments ?? [])]
    .slice(0, 8)
    .map((name) => code(name, 60));
  const given: [string, readonly string[] | undefined][] = [
    [words('policy.requesters'), rule.requesters],
    [words('policy.approvers'), rule.approvers],
    [words('policy.executors'), rule.executors],
  ];
  const lists = given.flatMap(([title, names]) => (names === undefined ? [] : [`${title}: ${people(names, locale)}`]));
  const least = rule.approvals === undefined ? [] : [words('policy.least', { n: rule.approvals })];
  return `${where.join(' ') || words('policy.everything')} – ${[...lists, ...least].join(' · ')}`;
}

function timeLines(policy: Policy, locale: Locale): string[] {
  const words = say(locale);
  const quiet = policy.quiet_hours.map(({ from, to, time_zone: zone }) => words('policy.quiet', { from, to, zone: safe(zone, 40) }));
  const freezes = policy.freezes.map(({ from, to, reason }) => words('policy.freeze', { from: safe(from, 40), to: safe(to, 40), reason: safe(reason, 100) }));
  const paused = policy.paused.map((scope) => words('policy.paused', { scope: safe(scope, 80) }));
  return [...quiet, ...freezes, ...paused].slice(0, MOST_LINES);
}
