import { RCA_DIMENSIONS, type RcaDimension } from '../src/domain/rca.ts';
import { type Card, type CardOptions, safe } from './card.ts';
import { say } from './locales/say.ts';
import { actions, button, context, section } from './parts.ts';

/** One step of something that takes a while. */
export interface ProgressStep {
  readonly id: string;
  readonly title: string;
  readonly done: boolean;
}

/** How far something is: as a card, and as steps for where Slack shows those in its own way. */
export interface ProgressCard extends Card {
  readonly steps: readonly ProgressStep[];
}

/** How far an analysis is: the four dimensions, each ticked off when it is done. `run` can be stopped. The answer takes this message's place. */
export function progressCard(subject: string, done: readonly RcaDimension[], run: string, options: CardOptions): ProgressCard {
  const words = say(options.locale);
  const text = words('progress.looking', { subject: safe(subject, 150) });
  const steps = RCA_DIMENSIONS.map((dimension) => ({ id: dimension, title: words(`dimension.${dimension}`), done: done.includes(dimension) }));
  const line = steps.map((step) => `${step.title} ${step.done ? '✓' : '…'}`).join(' · ');
  return { text, steps, blocks: [section(`🔎 ${text}`), ...context([line]), ...actions([button(words('button.stop'), { verb: 'stop', subject: run })])] };
}
