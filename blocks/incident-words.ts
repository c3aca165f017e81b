import type { Anomaly } from '../src/domain/anomaly.ts';
import type { Incident, IncidentState } from '../src/domain/incident.ts';
import { linkPath } from '../src/domain/links.ts';
import { parseSubject } from '../src/domain/names.ts';
import { MATCH_THRESHOLD, type PatternMatch } from '../src/domain/pattern.ts';
import { FINAL_PLAN_STATES, type Plan } from '../src/domain/plan.ts';
import { formatQuantity } from '../src/domain/quantity.ts';
import type { Hypothesis, Solution } from '../src/domain/rca.ts';
import type { IncidentView } from '../src/domain/views.ts';
import { type CardOptions, code, date, type Locale, mention, percent, safe } from './card.ts';
import { explained, say } from './locales/say.ts';

const STATE_ICONS: Record<IncidentState, string> = {
  open: '🚨',
  analysed: '🔎',
  planned: '📋',
  acting: '⚙️',
  verifying: '⏳',
  resolved: '✅',
  unresolved: '⚠️',
  silenced: '🔕',
};
export const incidentIcon = (state: IncidentState): string => STATE_ICONS[state];
export const incidentState = (state: IncidentState, locale: Locale): string => `${STATE_ICONS[state]}\u00a0*${say(locale)(`incident.state.${state}`)}*`;

/** "`ecs/checkout` and 3 more · checkout (prod)". */
export function where(incident: Incident, locale: Locale): string {
  const [first, ...more] = incident.resourceIds;
  const words = say(locale);
  const place = [incident.service === null ? '' : safe(incident.service, 60), incident.environment === null ? '' : `(${safe(incident.environment, 40)})`];
  const resources = first === undefined ? '' : more.length === 0 ? code(first) : words('incident.and_more', { first: code(first), n: more.length });
  return [resources, place.filter((part) => part !== '').join(' ')].filter((part) => part !== '').join(' · ') || '–';
}

/** The people and groups a card calls; empty when it calls nobody. */
export const mentionLine = (options: CardOptions): string =>
  (options.mentions ?? [])
    .slice(0, 20)
    .flatMap((id) => mention(id) ?? [])
    .join(' ');

/** The signal that says most: live before ended, then by severity. */
function worstSignal(anomalies: readonly Anomaly[]): Anomaly | undefined {
  return anomalies.toSorted((a, b) => Number(a.endedAtMs !== null) - Number(b.endedAtMs !== null) || b.severity - a.severity)[0];
}

/** "CPUUtilization *97 %* (normally 20 % – 40 %)"; what one anomaly shows, in numbers. */
export function signalWords(anomaly: Anomaly, locale: Locale): string {
  const words = say(locale);
  const name = safe(anomaly.metric?.name ?? anomaly.key.replace(/^(alarm|log):/, ''), 80);
  if (anomaly.forecast !== null) {
    return words('signal.forecast', { name, limit: formatQuantity(anomaly.forecast.limit, anomaly.unit), when: date(anomaly.forecast.atMs) });
  }
  if (anomaly.direction === 'missing') return words('signal.missing', { name });
  if (anomaly.method === 'alarm') return safe(explained(anomaly.explanation, locale), 300); // whoever set it up says why
  if (anomaly.value === null) return name;
  const value = formatQuantity(anomaly.value, anomaly.unit);
  if (anomaly.expected === null) return words('signal.value', { name, value });
  const low = formatQuantity(anomaly.expected.low, anomaly.unit);
  const high = formatQuantity(anomaly.expected.high, anomaly.unit);
  return words('signal.outside', { name, value, normal: low === high ? low : `${low} – ${high}` });
}

export function howBad(anomalies: readonly Anomaly[], locale: Locale): string {
  const worst = worstSignal(anomalies);
  if (worst === undefined) return say(locale)('incident.no_signal');
  const more = anomalies.length - 1;
  return `${signalWords(worst, locale)}${more > 0 ? ` ${say(locale)('incident.more_signals', { n: more })}` : ''}`;
}

/** "very likely (86 %)": a number alone is read as more than it is. */
export function confidence(share: number, locale: Locale): string {
  const step = share >= 0.8 ? 'very_likely' : share >= 0.6 ? 'likely' : share >= 0.4 ? 'possible' : 'guess';
  return `${say(locale)(`confidence.${step}`)} (${percent(share)})`;
}

export function causeWords(hypothesis: Hypothesis, locale: Locale, max = 300): string {
  return `${safe(explained(hypothesis.cause, locale).replace(/[.。]$/, ''), max)} · ${confidence(hypothesis.confidence, locale)}`;
}

/** The title, a link when there is a place to read it, with its id and how alike it is. */
export function matchWords(match: PatternMatch, options: CardOptions): string {
  return `${patternLink(match.patternId, match.title, options)} ${code(match.patternId, 20)} ${percent(match.similarity)}`;
}
export function patternLink(patternId: string, title: string, options: CardOptions): string {
  return linked(patternId, safe(title, 120), options);
}

/** What is shown (safe for mrkdwn) as a link to the subject; as it is where there is no place to read it, or no such name. */
export function linked(name: string, shown: string, { linkBase: base }: CardOptions): string {
  const subject = parseSubject(name);
  const label = shown.replaceAll('|', '∣');
  if (base === undefined || base === null || !/^https?:\/\/[^\s<>|]{1,300}$/.test(base) || subject?.id !== name) return label;
  return `<${base.replace(/\/$/, '')}${linkPath(subject)}|${label || '–'}>`;
}
/** An address to copy into a ticket or another channel; empty where there is none. */
export const linkLine = (id: string, options: CardOptions): string => (options.linkBase ? `🔗 ${linked(id, safe(id, 20), options)}` : '');

export const sameProblem = (matches: readonly PatternMatch[]): PatternMatch[] => matches.filter((match) => match.similarity > MATCH_THRESHOLD);

/** The plan that can still happen; null when there is none. Plans come newest first. */
export const livePlan = (view: IncidentView): Plan | null => view.plans.find((plan) => !FINAL_PLAN_STATES.includes(plan.state)) ?? null;

/** What the fix button would propose: the best solution that has not run on this incident (the same rule as the fix verb). */
export function untriedSolution(view: IncidentView): Solution | undefined {
  const ran = view.plans.filter((plan) => plan.executedAtMs !== null);
  return view.incident.analysis?.solutions.find((one) => !ran.some((plan) => plan.action === one.action && plan.targetId === one.targetId));
}
