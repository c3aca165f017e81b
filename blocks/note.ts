import type { Explanation } from '../src/domain/explanation.ts';
import { redact, SECRETS_ONLY } from '../src/domain/redact.ts';
import { type Card, type CardOptions, cut, escaped, type Locale, mention, safe } from './card.ts';
import { explained } from './locales/say.ts';
import { section } from './parts.ts';

/** A sentence of the loop in the reader's language, safe for mrkdwn; at most 2,500 units. */
export function noteText(explanation: Explanation, locale: Locale): string {
  return safe(explained(explanation, locale), 2500);
}

const SHOWN_MAX = 2800;

/** The start of a runbook as a message, where Slack takes no files. */
export function runbookText(markdown: string): Card {
  const text = `\`\`\`\n${cut(escaped(redact(markdown, SECRETS_ONLY).replaceAll('`', "'"), SHOWN_MAX), SHOWN_MAX)}\n\`\`\``;
  return { text: safe(markdown, 200), blocks: [section(text)] };
}

/** A note in a thread or channel; `mentions` are user and group ids, anything else is left out. `about` names the subject where the place does not. */
export function noteCard(explanation: Explanation, mentions: readonly string[], options: CardOptions, about: string | null = null): Card {
  const called = mentions.slice(0, 20).flatMap((id) => mention(id) ?? []);
  const named = about === null ? [] : [`*${safe(about, 40)}*`];
  const text = [...called, ...named, noteText(explanation, options.locale) || '–'].join(' ');
  return { text, blocks: [section(text)] };
}
