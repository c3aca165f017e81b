import type { Button } from '@slack/types';
import type { Incident } from '../src/domain/incident.ts';
import type { IncidentView } from '../src/domain/views.ts';
import { type Card, type CardOptions, date, duration, safe } from './card.ts';
import { causeWords, incidentState, linkLine, sameProblem, where } from './incident-words.ts';
import { localised, say } from './locales/say.ts';
import { actions, button, context, section } from './parts.ts';
import { actionOnTarget } from './plan-words.ts';

/** An incident that needs nobody any more, in a few lines: how it ended and how long each part took. */
export function foldedIncidentCard(view: IncidentView, options: CardOptions): Card {
  const { incident } = view;
  const words = say(options.locale);
  const state = words(`incident.state.${incident.state}`);
  const title = `${incidentState(incident.state, options.locale)} · *${safe(incident.id, 20)}* ${safe(localised(incident.title, options.locale), 200)}`;
  const lines =
    incident.state === 'silenced'
      ? [words('incident.silenced_hint')]
      : [`${resolutionLine(view, options)}${timesLine(view, options)}`, causeLine(view, options)];
  return {
    text: safe(`${incident.id} ${state}: ${localised(incident.title, options.locale)}`, 300),
    blocks: [
      section([title, ...lines.filter((line) => line !== '')].join('\n')),
      ...actions(buttons(incident, options)),
      ...context([where(incident, options.locale), incident.resolvedAtMs === null ? '' : date(incident.resolvedAtMs), linkLine(incident.id, options)]),
    ],
  };
}

function resolutionLine(view: IncidentView, options: CardOptions): string {
  const plan = view.plans.find((one) => one.state === 'succeeded');
  const how =
    plan === undefined ? resolution(view.incident, options) : say(options.locale)('incident.fixed_by', { action: actionOnTarget(plan, options.locale) });
  return how === '' ? '' : `${how} · `;
}

function causeLine(view: IncidentView, options: CardOptions): string {
  const best = view.incident.analysis?.hypotheses[0];
  return best === undefined ? '' : `${say(options.locale)('incident.cause')} ${causeWords(best, options.locale, 200)}`;
}

function resolution(incident: Incident, options: CardOptions): string {
  return incident.resolution === null ? '' : say(options.locale)(`incident.resolution.${incident.resolution}`);
}

function timesLine(view: IncidentView, options: CardOptions): string {
  const { incident } = view;
  const words = say(options.locale);
  const plan = view.plans.find((one) => one.state === 'succeeded');
  const lastYes = plan?.approvals.reduce((latest, one) => Math.max(latest, one.atMs), 0) ?? 0;
  const span = (ms: number): string => duration(ms, options.locale);
  return [
    words('time.detect', { time: span(incident.openedAtMs - incident.startedAtMs) }),
    plan === undefined || lastYes === 0 ? '' : words('time.approve', { time: span(lastYes - plan.createdAtMs) }),
    incident.resolvedAtMs === null ? '' : words('time.heal', { time: span(incident.resolvedAtMs - incident.startedAtMs) }),
  ]
    .filter((part) => part !== '')
    .join(' · ');
}

function buttons(incident: Incident, options: CardOptions): Button[] {
  const words = say(options.locale);
  const subject = incident.id;
  if (incident.state === 'silenced') return [button(words('button.analyse'), { verb: 'analyse', subject })];
  const isNew = sameProblem(incident.matches).length === 0 && (incident.resolution === 'fixed' || incident.resolution === 'recovered');
  return [
    button(words('button.good'), { verb: 'feedback_good', subject }),
    button(words('button.bad'), { verb: 'feedback_bad', subject }),
    ...(incident.analysis === null ? [] : [button(words('button.why'), { verb: 'why', subject })]),
    ...(isNew ? [button(words('button.save_pattern'), { verb: 'save_pattern', subject })] : []),
    ...(incident.runbookSlug === null ? [] : [button(words('button.runbook'), { verb: 'runbook', subject })]),
  ];
}
