import type { Incident } from '../src/domain/incident.ts';
import type { StormView } from '../src/domain/views.ts';
import { type Card, type CardOptions, date, mention, SEVERITIES, safe, severityWord } from './card.ts';
import { incidentLine, moreLine } from './detect.ts';
import { mentionLine } from './incident-words.ts';
import { say } from './locales/say.ts';
import { actions, button, context, header, list, section } from './parts.ts';
import { actionOnTarget } from './plan-words.ts';

const SHOWN_INCIDENTS = 12;
const SHOWN_PLANS = 6;
const OVER: readonly Incident['state'][] = ['resolved', 'silenced'];

/** Many incidents in one card: how many, how bad, which need a decision, and a list with the worst first. */
export function stormCard(view: StormView, options: CardOptions): Card {
  const words = say(options.locale);
  const { storm, incidents, waiting } = view;
  const n = storm.incidentIds.length;
  const open = incidents.filter((one) => !OVER.includes(one.state));
  const unread = n - incidents.length;
  const place = storm.service === null ? words('storm.everywhere') : safe(storm.service, 60);
  const title = words('storm.title', { n, place });
  const since = words('storm.since', { from: date(storm.openedAtMs), to: date(storm.lastAtMs) });
  if (open.length === 0) return { text: title, blocks: [section(`✅ *${title}* · ${words('storm.over')}`), ...context([since])] };
  const free = open.some((one) => one.acknowledgedBy === null);
  const worst = open.toSorted((a, b) => b.severity - a.severity || b.openedAtMs - a.openedAtMs);
  return {
    text: title,
    blocks: [
      header(`🌩️ ${title}`),
      section(
        [`*${words('storm.open', { n: open.length })}* · ${severities(open, options)} · ${since}`, free ? mentionLine(options) : '', takenLine(open, options)]
          .filter((part) => part !== '')
          .join('\n'),
      ),
      ...list(
        `✋ ${words('storm.waiting')}`,
        waiting.slice(0, SHOWN_PLANS).map((plan) => `*${safe(plan.id, 20)}* ${actionOnTarget(plan, options.locale)} · ${safe(plan.incidentId ?? '', 20)}`),
        moreLine(waiting.length - SHOWN_PLANS, options.locale),
      ),
      ...list(
        words('storm.list'),
        worst.slice(0, SHOWN_INCIDENTS).map((one) => incidentLine(one, options.locale)),
        moreLine(worst.length - SHOWN_INCIDENTS + unread, options.locale),
      ),
      ...actions(free ? [button(words('button.ack'), { verb: 'ack', subject: storm.id }, { style: 'primary' })] : []),
      ...context([words('storm.hint')]),
    ],
  };
}

/** Who is on it; empty when nobody is. */
function takenLine(incidents: readonly Incident[], options: CardOptions): string {
  const people = [...new Set(incidents.flatMap((one) => one.acknowledgedBy ?? []))].slice(0, 5);
  return people.length === 0 ? '' : `👀 ${say(options.locale)('storm.taken', { who: people.map((id) => mention(id) ?? safe(id, 40)).join(', ') })}`;
}

/** "2 critical, 5 high". */
function severities(incidents: readonly Incident[], options: CardOptions): string {
  const words = say(options.locale);
  const counted = SEVERITIES.map((word) => ({ word, n: incidents.filter((one) => severityWord(one.severity) === word).length }));
  return counted.flatMap(({ word, n }) => (n === 0 ? [] : [`${n} ${words(`severity.${word}`)}`])).join(options.locale === 'zh' ? '，' : ', ');
}
