import type { Button, KnownBlock } from '@slack/types';
import { FINAL_PLAN_STATES, type Plan } from '../src/domain/plan.ts';
import type { PlanView } from '../src/domain/views.ts';
import { type Card, type CardOptions, code, date, duration, plain, safe, who } from './card.ts';
import { explained, localised, say } from './locales/say.ts';
import { actions, button, context, fields, header, section } from './parts.ts';
import { actionTitle, approvalLines, deadline, incidentName, paramWords, pausedLines, planStateIcon, riskWords } from './plan-words.ts';

/** The card of one plan: what will run where, how far it reaches, who said yes, what is missing, how it ended. */
export function planCard(view: PlanView, options: CardOptions): Card {
  const { plan, incident } = view;
  const words = say(options.locale);
  const title = actionTitle(plan.action, options.locale);
  const state = words(`plan.state.${plan.state}`);
  const ended = FINAL_PLAN_STATES.includes(plan.state);
  const blocks: KnownBlock[] = [
    header(`${planStateIcon(plan.state)} ${plan.id} · ${title}`),
    section([`*${state}* · ${code(plan.targetId)} · ${riskWords(plan.risk, options.locale)}`, ...endLines(plan, options)].join('\n')),
    ...(ended ? [] : details(plan, options)),
    ...statusBlocks(view, options),
    ...actions([...planButtons(plan, options), ...editButton(plan, options)]),
    ...context([
      incident === null ? '' : words('plan.for_incident', { incident: incidentName(incident, options.locale) }),
      words('plan.requested', { who: who(plan.requestedBy, options.locale), when: date(plan.createdAtMs) }),
    ]),
  ];
  return { text: safe(`${plan.id} ${state}: ${title} · ${plan.targetId}`, 300), blocks };
}

function details(plan: Plan, options: CardOptions): KnownBlock[] {
  const words = say(options.locale);
  const params = paramWords(plan.params, options.locale);
  return [
    section(`${words('plan.why')} ${safe(explained(plan.why, options.locale), 400)}`),
    ...fields([
      [words('plan.blast_radius'), safe(localised(plan.blastRadius, options.locale), 300)],
      [words('plan.undo'), words(`plan.undo.${plan.reversibility}`)],
      params === '' ? null : [words('plan.params'), params],
      [words('plan.dry_run'), plan.dryRun === null ? words('plan.dry_run.none') : safe(explained(plan.dryRun, options.locale), 400)],
    ]),
  ];
}

function statusBlocks(view: PlanView, options: CardOptions): KnownBlock[] {
  const ended = FINAL_PLAN_STATES.includes(view.plan.state);
  const held = ended ? [] : pausedLines(view.paused, options);
  const isHeldBack = held.length > 0 && view.plan.state === 'notified'; // its countdown means nothing now
  const lines = [...held, ...approvalLines(view.plan, options), isHeldBack ? '' : deadline(view.plan, options)];
  const shown = lines.filter((line) => line !== '');
  return shown.length === 0 ? [] : [section(shown.join('\n'))];
}

/** How it ended: what verification found, or who stopped it and why. */
function endLines(plan: Plan, options: CardOptions): string[] {
  const words = say(options.locale);
  const lines: string[] = [];
  if (plan.endedBy !== null) {
    const { actor, reason } = plan.endedBy;
    lines.push(words('plan.ended_by', { who: who(actor, options.locale), reason: safe(localised(reason, options.locale), 300) || '–' }));
  }
  if (plan.outcome !== null) {
    lines.push(safe(explained(plan.outcome.detail, options.locale), 500));
    if (plan.outcome.verified && plan.outcome.durationMs !== null)
      lines.push(words('plan.healed_in', { time: duration(plan.outcome.durationMs, options.locale) }));
  }
  if (plan.state === 'outcome_unknown') lines.push(words('plan.unknown_hint'));
  return lines;
}

/** The buttons that make sense in this state; the incident's card shows the same ones for its live plan. */
export function planButtons(plan: Plan, options: CardOptions): Button[] {
  const words = say(options.locale);
  const subject = plan.id;
  const { digest } = plan;
  if (plan.state === 'awaiting_approval') {
    const grave = plan.risk === 'critical' || plan.reversibility === 'cannot_be_undone';
    return [
      button(words('button.approve'), { verb: 'approve', subject, digest }, { style: 'primary', ...(grave ? { confirm: graveConfirm(plan, options) } : {}) }),
      button(words('button.reject'), { verb: 'reject', subject, digest }),
    ];
  }
  if (plan.state === 'notified' || plan.state === 'approved') {
    return [button(words('button.cancel'), { verb: 'cancel', subject, digest }, { style: 'danger' })];
  }
  if (plan.state === 'succeeded' || plan.state === 'failed' || plan.state === 'rolled_back') {
    return [button(words('button.good'), { verb: 'feedback_good', subject }), button(words('button.bad'), { verb: 'feedback_bad', subject })];
  }
  return [];
}

/** Only on the plan's own card, while it waits, and only when it has parameters. */
function editButton(plan: Plan, options: CardOptions): Button[] {
  const waits = plan.state === 'awaiting_approval' || plan.state === 'notified';
  if (!waits || Object.keys(plan.params).length === 0 || plan.incidentId === null) return [];
  return [button(say(options.locale)('button.edit'), { verb: 'edit', subject: plan.id })];
}

function graveConfirm(plan: Plan, options: CardOptions): { title: string; text: string; yes: string; no: string } {
  const words = say(options.locale);
  const undo = plan.reversibility === 'cannot_be_undone' ? words('plan.undo.cannot_be_undone') : '';
  return {
    title: words('confirm.approve.title', { plan: plain(plan.id, 20) }),
    text: `${actionTitle(plan.action, options.locale)} · ${plain(plan.targetId, 80)}. ${undo} ${plain(localised(plan.blastRadius, options.locale), 120)}`,
    yes: words('button.approve'),
    no: words('button.back'),
  };
}
