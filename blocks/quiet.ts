import type { KnownBlock } from '@slack/types';
import type { Maintenance } from '../src/domain/quiet.ts';
import type { QuietView } from '../src/domain/views.ts';
import { type Card, type CardOptions, code, date, safe, who } from './card.ts';
import { moreLine } from './detect.ts';
import { say } from './locales/say.ts';
import { actions, button, context, header, section } from './parts.ts';

const SHOWN = 10;

/** What makes no noise now or later: until when, who wanted it, why, and a button that ends it. */
export function silencesCard(view: QuietView, options: CardOptions): Card {
  const title = say(options.locale)('silences.title');
  return { text: title, blocks: [header(`🔕 ${title}`), ...quietBlocks(view, options, SHOWN), ...context([say(options.locale)('silences.hint')])] };
}

/** The same for the Home tab. */
export function quietBlocks(view: QuietView, options: CardOptions, most: number): KnownBlock[] {
  const words = say(options.locale);
  const lines: readonly (readonly [text: string, subject: string])[] = [
    ...view.silences.map(
      (one) =>
        [
          words('silences.line', {
            target: code(one.resourceId),
            until: date(one.untilMs),
            who: who(one.by, options.locale),
            reason: safe(one.reason, 150) || '–',
          }),
          one.resourceId,
        ] as const,
    ),
    ...view.maintenance.map((one) => [maintenanceLine(one, options), one.id] as const),
  ];
  if (lines.length === 0) return [section(words('silences.none'))];
  return [
    ...lines.slice(0, most).map(([text, subject]): KnownBlock => ({ ...section(text), accessory: button(words('button.lift'), { verb: 'lift', subject }) })),
    ...context([moreLine(lines.length - most, options.locale) ?? '']),
  ];
}

function maintenanceLine(one: Maintenance, options: CardOptions): string {
  const words = say(options.locale);
  const key = one.fromMs > options.nowMs ? 'maintenance.planned' : 'maintenance.now';
  return words(key, {
    service: safe(one.service, 60),
    from: date(one.fromMs),
    until: date(one.untilMs),
    who: who(one.by, options.locale),
    reason: safe(one.reason, 150) || '–',
  });
}

export function maintenanceCard(window: Maintenance, options: CardOptions): Card {
  const text = maintenanceLine(window, options);
  return { text, blocks: [section(`🛠️ ${text}`), ...actions([button(say(options.locale)('button.lift'), { verb: 'lift', subject: window.id })])] };
}

export function liftedCard(name: string, options: CardOptions): Card {
  const text = say(options.locale)('silences.lifted', { target: code(name) });
  return { text, blocks: [section(`🔔 ${text}`)] };
}
