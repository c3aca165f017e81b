import type { KnownBlock } from '@slack/types';
import type { WeekView } from '../src/domain/views.ts';
import { type Card, type CardOptions, code, date, duration, percent, safe } from './card.ts';
import { say } from './locales/say.ts';
import { fields, header, list, picture, section } from './parts.ts';

/** The week in one card: what happened, what healed by itself, how noisy it was, what was learned and what lost confidence. */
export function weekCard(week: WeekView, options: CardOptions): Card {
  const words = say(options.locale);
  const title = words('week.title');
  const trend = words('week.trend', { n: week.incidents, before: week.incidentsBefore });
  return {
    text: `${title}: ${trend}`,
    blocks: [
      header(`🗓️ ${title}`),
      section(`${date(week.fromMs)} – ${date(week.toMs)}\n*${trend}*`),
      ...weekFigures(week, options),
      ...picture(options.chartFileId, words('week.picture', { n: week.incidents })),
      ...list(
        words('week.noisiest'),
        week.noisiest.slice(0, 3).map(({ service, n }) => words('week.service', { service: safe(service, 60), n })),
      ),
      ...list(
        words('week.learned'),
        week.learned.slice(0, 6).map((one) => `${code(one.patternId, 20)} ${safe(one.title, 120)}`),
      ),
      ...list(
        words('week.losing'),
        week.losing.slice(0, 6).map((one) => `${code(one.patternId, 20)} ${safe(one.title, 120)} · ${percent(one.before)} → ${percent(one.after)}`),
      ),
    ],
  };
}

/** The figures, for the digest and the Home tab. */
export function weekFigures(week: WeekView, options: CardOptions): KnownBlock[] {
  const words = say(options.locale);
  const span = (ms: number | null): string => (ms === null ? '–' : duration(ms, options.locale));
  return fields([
    [words('week.healed_alone'), words('week.of', { n: week.healedAlone, all: week.incidents })],
    [words('week.healed_with_people'), words('week.of', { n: week.healedWithPeople, all: week.incidents })],
    [words('week.detect'), span(week.detectMs)],
    [words('week.heal'), span(week.healMs)],
    [words('week.noise'), words('week.noise_counts', { wrong: week.falseAlarms, silenced: week.silenced })],
    [words('week.open'), String(week.stillOpen)],
  ]);
}
