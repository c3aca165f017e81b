import { type ErrorCode, type OpsError, toOpsError } from '../src/domain/errors.ts';
import { type Card, type CardOptions, safe } from './card.ts';
import { localised } from './locales/say.ts';
import { section } from './parts.ts';

const ICONS: Record<ErrorCode, string> = {
  invalid_input: '✏️',
  not_found: '🔍',
  forbidden: '⛔',
  conflict: '↔️',
  expired: '⌛',
  limited: '🚦',
  unavailable: '🔌',
  internal: '💥',
};

/** What is wrong and what to do, in two lines. Anything that is no OpsError must become one first, so that no inner text gets out. */
export function errorCard(error: OpsError, options: CardOptions): Card {
  const shown = toOpsError(error);
  const inWords = (text: string): string => safe(localised(text, options.locale), 900);
  const message = inWords(shown.message);
  const lines = [`${ICONS[shown.code]} *${message}*`, shown.hint === null ? '' : inWords(shown.hint)];
  return { text: message, blocks: [section(lines.filter((line) => line !== '').join('\n'))] };
}
