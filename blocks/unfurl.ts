import type { KnownBlock } from '@slack/types';
import type { Pattern } from '../src/domain/pattern.ts';
import { FINAL_PLAN_STATES } from '../src/domain/plan.ts';
import type { IncidentView, PlanView } from '../src/domain/views.ts';
import { type CardOptions, code, date, duration, safe, severity } from './card.ts';
import { causeWords, incidentState, livePlan, where } from './incident-words.ts';
import { localised, say } from './locales/say.ts';
import { context, section } from './parts.ts';
import { actionOnTarget, planState, riskWords } from './plan-words.ts';

// What is shown under a link somebody posted: to read, never to press. The card itself is where the buttons are.

export function incidentUnfurl(view: IncidentView, options: CardOptions): KnownBlock[] {
  const { incident } = view;
  const words = say(options.locale);
  const plan = livePlan(view);
  const best = incident.analysis?.hypotheses[0];
  const since = words('incident.since', {
    when: date(incident.startedAtMs),
    time: duration((incident.resolvedAtMs ?? options.nowMs) - incident.startedAtMs, options.locale),
  });
  return [
    section(
      [
        `*${safe(incident.id, 20)}* ${safe(localised(incident.title, options.locale), 200)}`,
        `${incidentState(incident.state, options.locale)} · ${severity(incident.severity, options.locale)} · ${since}`,
        best === undefined ? '' : `*${words('incident.cause')}* ${causeWords(best, options.locale, 200)}`,
        plan === null ? '' : `*${words('incident.next')}* ${planState(plan.state, options.locale)} · ${actionOnTarget(plan, options.locale)}`,
      ]
        .filter((line) => line !== '')
        .join('\n'),
    ),
    ...context([where(incident, options.locale)]),
  ];
}

export function planUnfurl({ plan, incident }: PlanView, options: CardOptions): KnownBlock[] {
  const head = `*${safe(plan.id, 20)}* ${planState(plan.state, options.locale)} · ${actionOnTarget(plan, options.locale)}`;
  const about = incident === null ? '' : `${safe(incident.id, 20)} ${safe(localised(incident.title, options.locale), 200)}`;
  const ended = FINAL_PLAN_STATES.includes(plan.state);
  return [
    section(ended ? head : `${head}\n${safe(localised(plan.blastRadius, options.locale), 200)}`),
    ...context([riskWords(plan.risk, options.locale), about]),
  ];
}

export function patternUnfurl(pattern: Pattern, options: CardOptions): KnownBlock[] {
  const words = say(options.locale);
  return [
    section(`*${safe(pattern.title, 200)}* ${code(pattern.pattern_id, 20)}\n${safe(pattern.description, 300)}`),
    ...context([words(`category.${pattern.category}`), words('pattern.times', { n: pattern.metadata.occurrence_count })]),
  ];
}
