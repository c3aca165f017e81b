import type { Button, KnownBlock } from '@slack/types';
import type { Incident } from '../src/domain/incident.ts';
import type { IncidentView } from '../src/domain/views.ts';
import { type Card, type CardOptions, date, duration, mention, plain, safe, severity, severityWord } from './card.ts';
import { foldedIncidentCard } from './incident-folded.ts';
import { causeWords, howBad, incidentIcon, linkLine, livePlan, matchWords, mentionLine, sameProblem, untriedSolution, where } from './incident-words.ts';
import { localised, say } from './locales/say.ts';
import { actions, button, context, fields, header, picture, section } from './parts.ts';
import { planButtons } from './plan.ts';
import { actionOnTarget, actionTitle, approvalLines, deadline, planState, riskWords } from './plan-words.ts';

/** The one card of an incident, to be read in five seconds: what, where, since when, how bad, why, what next, one main button. */
export function incidentCard(view: IncidentView, options: CardOptions): Card {
  const { incident } = view;
  if (incident.state === 'resolved' || incident.state === 'silenced') return foldedIncidentCard(view, options);
  const words = say(options.locale);
  const since = words('incident.since', { when: date(incident.startedAtMs), time: duration(options.nowMs - incident.startedAtMs, options.locale) });
  const blocks: KnownBlock[] = [
    header(`${incidentIcon(incident.state)} ${incident.id} · ${localised(incident.title, options.locale)}`),
    section(`*${words(`incident.state.${incident.state}`)}* · ${severity(incident.severity, options.locale)} · ${since}`),
    ...fields([
      [words('incident.where'), where(incident, options.locale)],
      [words('incident.how_bad'), howBad(view.anomalies, options.locale)],
    ]),
    ...picture(options.chartFileId, pictureAlt(view, options)),
    section([...causeLines(incident, options), ...matchLines(incident, options), ...nextStep(view, options)].join('\n')),
    ...actions(buttons(view, options)),
    ...context(footnotes(incident, options)),
  ];
  return { text: fallback(incident, options), blocks };
}

/** The sentence for notifications and screen readers. */
function fallback(incident: Incident, options: CardOptions): string {
  const words = say(options.locale);
  return words('incident.text', {
    id: safe(incident.id, 20),
    state: words(`incident.state.${incident.state}`),
    severity: words(`severity.${severityWord(incident.severity)}`),
    title: safe(localised(incident.title, options.locale), 200),
  });
}

function pictureAlt(view: IncidentView, options: CardOptions): string {
  return say(options.locale)('incident.picture', {
    title: localised(view.incident.title, options.locale),
    signal: howBad(view.anomalies, options.locale).replaceAll(/<!date[^>|]*\|([^>]*)>|[*`]/g, '$1'),
  });
}

function causeLines(incident: Incident, options: CardOptions): string[] {
  const words = say(options.locale);
  if (incident.analysis === null) return [];
  const best = incident.analysis.hypotheses[0];
  return [`*${words('incident.cause')}* ${best === undefined ? words('incident.no_cause') : causeWords(best, options.locale)}`];
}

function matchLines(incident: Incident, options: CardOptions): string[] {
  const words = say(options.locale);
  const matches = sameProblem(incident.matches).slice(0, 3);
  if (matches.length > 0) return [`*${words('incident.seen_before')}* ${matches.map((match) => matchWords(match, options)).join(' · ')}`];
  return incident.matchedAtMs === null ? [] : [`*${words('incident.seen_before')}* ${words('incident.never_seen')}`];
}

function nextStep(view: IncidentView, options: CardOptions): string[] {
  const words = say(options.locale);
  const plan = livePlan(view);
  const label = `*${words('incident.next')}*`;
  if (plan !== null) {
    const parts = [planState(plan.state, options.locale), actionOnTarget(plan, options.locale), riskWords(plan.risk, options.locale), `*${safe(plan.id, 20)}*`];
    return [`${label} ${parts.join(' · ')}`, ...approvalLines(plan, options), deadline(plan, options)].filter((line) => line !== '');
  }
  const { state, analysis } = view.incident;
  if (state === 'acting' || state === 'verifying') return [`${label} ${words('next.watching')}`];
  const solution = untriedSolution(view);
  if (solution === undefined) return [`${label} ${words(analysis === null ? 'next.analysing' : 'next.by_hand')}`];
  const offer = `${actionOnTarget(solution, options.locale)} · ${words(`next.risk.${solution.risk}`)}`;
  if (state !== 'unresolved') return [`${label} ${offer}`];
  return [words('next.unresolved'), `${label} ${offer}`];
}

/** One main button at most; what matters less comes after it. */
function buttons(view: IncidentView, options: CardOptions): Button[] {
  const { incident } = view;
  const words = say(options.locale);
  const subject = incident.id;
  const plan = livePlan(view);
  const why = button(words('button.why'), { verb: 'why', subject });
  const main = plan === null ? mainButton(view, options) : planButtons(plan, options);
  return [
    ...main,
    ...(incident.analysis === null || main.some((one) => one.action_id === why.action_id) ? [] : [why]),
    ...(incident.acknowledgedBy === null ? [button(words('button.ack'), { verb: 'ack', subject })] : []),
    ...(incident.runbookSlug === null ? [] : [button(words('button.runbook'), { verb: 'runbook', subject })]),
    button(words('button.good'), { verb: 'feedback_good', subject }),
    button(words('button.bad'), { verb: 'feedback_bad', subject }),
  ];
}

function mainButton(view: IncidentView, options: CardOptions): Button[] {
  const { incident } = view;
  const words = say(options.locale);
  const subject = incident.id;
  const solution = untriedSolution(view);
  if (incident.state === 'acting' || incident.state === 'verifying') return [];
  if (incident.analysis === null) return [button(words('button.analyse'), { verb: 'analyse', subject }, { style: 'primary' })];
  if (solution === undefined) return [button(words('button.why'), { verb: 'why', subject }, { style: 'primary' })];
  return [button(words('button.fix', { action: plain(actionTitle(solution.action, options.locale), 50) }), { verb: 'fix', subject }, { style: 'primary' })];
}

function footnotes(incident: Incident, options: CardOptions): string[] {
  const words = say(options.locale);
  const failed = incident.failedStage;
  const gaps = incident.analysis?.gaps.length ?? 0;
  return [
    incident.acknowledgedBy === null ? mentionLine(options) : '', // called until somebody is on it
    failed === null ? '' : `⚠️ ${words('incident.failed_stage', { stage: stageWords(failed.stage, options), n: failed.attempts })}`,
    incident.acknowledgedBy === null
      ? ''
      : `👀 ${words('incident.acknowledged', { who: mention(incident.acknowledgedBy) ?? safe(incident.acknowledgedBy, 40) })}`,
    gaps === 0 ? '' : words('incident.gaps', { n: gaps }),
    linkLine(incident.id, options),
  ];
}

const STAGES = ['collect', 'detect', 'correlate', 'match', 'analyse', 'recommend', 'execute', 'verify', 'recover', 'learn', 'upkeep'] as const;
function stageWords(stage: string, options: CardOptions): string {
  const known = STAGES.find((name) => name === stage);
  return known === undefined ? safe(stage, 60) : say(options.locale)(`stage.${known}`);
}
