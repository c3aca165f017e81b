import type { Incident } from '../src/domain/incident.ts';
import type { Silence } from '../src/domain/store.ts';
import { type Card, type CardOptions, code, date, mention, safe, who } from './card.ts';
import { localised, say } from './locales/say.ts';
import { section } from './parts.ts';

/** Somebody has taken the incident: reminders stop. */
export function acknowledgedCard(incident: Incident, options: CardOptions): Card {
  const by = incident.acknowledgedBy;
  const text = say(options.locale)('ack.done', {
    who: by === null ? '–' : (mention(by) ?? safe(by, 40)),
    incident: safe(incident.id, 20),
    title: safe(localised(incident.title, options.locale), 200),
  });
  return { text, blocks: [section(`👀 ${text}`)] };
}

/** Somebody has taken all of a storm. */
export function stormTakenCard(userId: string, n: number, options: CardOptions): Card {
  const text = say(options.locale)('storm.ack_done', { who: mention(userId) ?? safe(userId, 40), n });
  return { text, blocks: [section(`👀 ${text}`)] };
}

/** A resource is quiet until a moment, and why. */
export function silencedCard(silence: Silence, options: CardOptions): Card {
  const text = say(options.locale)('silence.done', {
    target: code(silence.resourceId),
    until: date(silence.untilMs),
    who: who(silence.by, options.locale),
    reason: safe(silence.reason, 300) || '–',
  });
  return { text, blocks: [section(`🔕 ${text}`)] };
}
