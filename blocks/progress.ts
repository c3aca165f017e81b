import { RCA_DIMENSIONS, type RcaDimension } from '../src/domain/rca.ts';
import { type Card, type CardOptions, safe } from './card.ts';
import { say } from './locales/say.ts';
import { context, section } from './parts.ts';

/** How far an analysis is: the four dimensions, each ticked off when it is done. The answer takes this message's place. */
export function progressCard(subject: string, done: readonly RcaDimension[], options: CardOptions): Card {
  const words = say(options.locale);
  const text = words('progress.looking', { subject: safe(subject, 150) });
  const steps = RCA_DIMENSIONS.map((dimension) => `${words(`dimension.${dimension}`)} ${done.includes(dimension) ? '✓' : '…'}`);
  return { text, blocks: [section(`🔎 ${text}`), ...context([steps.join(' · ')])] };
}
