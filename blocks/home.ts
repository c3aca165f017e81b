import type { HomeView, KnownBlock } from '@slack/types';
import type { Plan } from '../src/domain/plan.ts';
import type { StatusView } from '../src/domain/views.ts';
import { type CardOptions, mention, safe } from './card.ts';
import { moreLine } from './detect.ts';
import { localised, say } from './locales/say.ts';
import { actions, context, header, section } from './parts.ts';
import { planButtons } from './plan.ts';
import { actionOnTarget, approvalLines, deadline, planState, riskWords } from './plan-words.ts';
import { statusBlocks } from './status.ts';

const SHOWN_PLANS = 6;

/** One person's Home tab: what waits for them first, then what is open and how the loop is doing. */
export function homeView(status: StatusView, me: { readonly userId: string; readonly waitingForMe: readonly Plan[] }, options: CardOptions): HomeView {
  const words = say(options.locale);
  const waiting = me.waitingForMe;
  const more = moreLine(waiting.length - SHOWN_PLANS, options.locale);
  return {
    type: 'home',
    blocks: [
      section(words('home.hello', { who: mention(me.userId) ?? safe(me.userId, 40) })),
      header(`✋ ${words('home.waiting', { n: waiting.length })}`),
      ...(waiting.length === 0 ? [section(words('home.nothing'))] : waiting.slice(0, SHOWN_PLANS).flatMap((plan) => waitingBlocks(plan, options))),
      ...context([more ?? '']),
      header(`📊 ${words('status.title')}`),
      ...statusBlocks(status, options),
      { type: 'divider' },
      ...context([words('home.try')]),
    ],
  };
}

function waitingBlocks(plan: Plan, options: CardOptions): KnownBlock[] {
  const title = [`*${safe(plan.id, 20)}* ${planState(plan.state, options.locale)}`, actionOnTarget(plan, options.locale), riskWords(plan.risk, options.locale)];
  const lines = [title.join(' · '), safe(localised(plan.blastRadius, options.locale), 200), ...approvalLines(plan, options).slice(-2), deadline(plan, options)];
  return [section(lines.filter((line) => line !== '').join('\n')), ...actions(planButtons(plan, options))];
}
