import { type Card, type CardOptions, safe } from './card.ts';
import { say } from './locales/say.ts';
import { context, header, section } from './parts.ts';

/** What people can ask for; each has its line in the overview and its own page. */
export const HELP_TOPICS = [
  'detect',
  'rca',
  'pattern',
  'fix',
  'approve',
  'reject',
  'withdraw',
  'policy',
  'promote',
  'token',
  'feedback',
  'ack',
  'silence',
  'silences',
  'unsilence',
  'maintenance',
  'topology',
  'week',
  'audit',
  'status',
  'pause',
  'resume',
] as const;

/** `topic` null or unknown: the overview. */
export function helpCard(topic: string | null, options: CardOptions): Card {
  const words = say(options.locale);
  const asked = topic?.normalize('NFKC').trim().replace(/^\//, '').toLowerCase() ?? '';
  const known = HELP_TOPICS.find((one) => one === asked);
  if (known !== undefined) {
    const page = `*${words(`help.usage.${known}`)}*\n${words(`help.line.${known}`)}\n${words(`help.more.${known}`)}`;
    return { text: words(`help.line.${known}`), blocks: [section(page), ...context([words('help.ways')])] };
  }
  const lines = HELP_TOPICS.map((one) => `${words(`help.usage.${one}`)} – ${words(`help.line.${one}`)}`);
  const unknown = asked === '' ? [] : [section(`🔍 ${words('help.unknown', { topic: safe(asked, 60) })}`)];
  return {
    text: words('help.title'),
    blocks: [header(words('help.title')), ...unknown, section(lines.join('\n')), ...context([words('help.ways'), words('help.names')])],
  };
}

/** First words for somebody who has never used it: three things to try. */
export function welcomeCard(options: CardOptions): Card {
  const words = say(options.locale);
  return {
    text: words('welcome.text'),
    blocks: [
      header(`👋 ${words('welcome.title')}`),
      section(words('welcome.text')),
      section([words('welcome.try'), `1. ${words('welcome.one')}`, `2. ${words('welcome.two')}`, `3. ${words('welcome.three')}`].join('\n')),
      ...context([words('help.ways')]),
    ],
  };
}
