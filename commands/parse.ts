import { phrased } from './phrases.ts';
import type { Command, CommandName } from './types.ts';

const TEXT_MAX = 3000;

export type Parsed =
  | { readonly type: 'command'; readonly name: CommandName; readonly text: string }
  | { readonly type: 'empty' }
  | { readonly type: 'unknown'; readonly word: string; readonly suggestion: CommandName | null };

type Vocabulary = readonly Pick<Command, 'name' | 'aliases'>[];

/**
 * What people type, forgiven: case, quotes, full-width signs, Slack's escapes, a mention of the bot, a leading slash or
 * `ops`, punctuation after the command's word, and Chinese words without a space after them.
 */
export function parse(typed: string, commands: Vocabulary): Parsed {
  const text = clean(typed).replace(/^(?:<@[UW][A-Z0-9]+(?:\|[^>]*)?>[\s,:]*)+/u, '');
  const plain = text.replace(/^\/?ops(?:loop)?(?:[\s,:]+|$)/iu, '').replace(/^\//, '');
  if (plain === '' || /^[\p{P}\p{S}\s]+$/u.test(plain)) return { type: 'empty' };
  const first = /^[^\s:,]+/u.exec(plain)?.[0] ?? plain;
  const word = first.replace(/^[\p{P}]+|[\p{P}]+$/gu, '').toLowerCase();
  const rest = plain.slice(first.length).replace(/^[\s:,]+/u, '');
  const asked = sentence(plain, commands);
  if (asked !== null) return asked; // before the word: "stop everything" is no plan called everything
  const found = commands.find((command) => command.name === word || command.aliases.includes(word));
  if (found !== undefined) return { type: 'command', name: found.name, text: unquote(rest) };
  return glued(plain, commands) ?? { type: 'unknown', word: first.slice(0, 60), suggestion: nearest(word, commands) };
}

/** "What is open now?": a question in plain words, where the vocabulary has the command it asks for. */
function sentence(plain: string, commands: Vocabulary): Parsed | null {
  const asked = phrased(plain);
  return asked === null || !commands.some((command) => command.name === asked.name) ? null : { type: 'command', ...asked };
}

/** `根因12`, `批准PLAN-34`, `rca#12`: the word and what follows it written as one. */
function glued(plain: string, commands: Vocabulary): Parsed | null {
  const lower = plain.toLowerCase();
  const words = commands.flatMap((command) => [command.name, ...command.aliases].map((word) => ({ name: command.name, word })));
  const fits = words
    .filter(({ word }) => lower.startsWith(word) && (/\p{Script=Han}/u.test(word) || /^#?\d/.test(lower.slice(word.length))))
    .sort((a, b) => b.word.length - a.word.length)[0];
  return fits === undefined ? null : { type: 'command', name: fits.name, text: unquote(plain.slice(fits.word.length).replace(/^[\s:,]+/u, '')) };
}

const ESCAPES: Record<string, string> = { '&amp;': '&', '&lt;': '<', '&gt;': '>' };

/** One line: full-width forms as plain ones, Slack's links as their text, escapes undone, spaces folded, bounded. */
export function clean(typed: string): string {
  return typed
    .slice(0, TEXT_MAX)
    .toWellFormed()
    .normalize('NFKC')
    .replaceAll(/<((?:https?|mailto):[^|>]+)(?:\|([^>]*))?>/g, (_, url: string, label: string | undefined) => label || url)
    .replaceAll(/&(?:amp|lt|gt);/g, (sign) => ESCAPES[sign] ?? sign)
    .replaceAll(/[“”„«»「」『』]/g, '"')
    .replaceAll(/[‘’]/g, "'")
    .replaceAll(/[、。]/g, ',')
    .replaceAll(/[\p{Cc}\p{Cf}\s]+/gu, ' ')
    .trim();
}

const QUOTES = ['"', "'", '`', '```'];

/** Takes off quotes that stand around the whole text. */
export function unquote(text: string): string {
  const trimmed = text.trim();
  for (const quote of QUOTES) {
    const inner = trimmed.slice(quote.length, -quote.length);
    if (trimmed.length > 2 * quote.length && trimmed.startsWith(quote) && trimmed.endsWith(quote) && !inner.includes(quote)) return unquote(inner);
  }
  return trimmed;
}

/** The command somebody most likely meant: one slip in a short word, two in a longer one. */
function nearest(word: string, commands: Vocabulary): CommandName | null {
  let best: { name: CommandName; slips: number } | null = null;
  for (const command of commands) {
    for (const known of [command.name, ...command.aliases]) {
      const slips = distance(word, known);
      if (slips <= (known.length <= 4 ? 1 : 2) && slips < (best?.slips ?? Number.POSITIVE_INFINITY) && slips < known.length)
        best = { name: command.name, slips };
    }
  }
  return best?.name ?? null;
}

/** Optimal string alignment: letters wrong, missing, added, or two swapped. Words over 20 letters are not compared. */
function distance(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > 2 || a.length > 20) return Number.POSITIVE_INFINITY;
  const at = (row: number[] | undefined, index: number): number => row?.[index] ?? Number.POSITIVE_INFINITY;
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, index) => index)];
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const same = a[i - 1] === b[j - 1];
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      row.push(
        Math.min(
          at(rows[i - 1], j) + 1,
          at(row, j - 1) + 1,
          at(rows[i - 1], j - 1) + (same ? 0 : 1),
          swapped ? at(rows[i - 2], j - 2) + 1 : Number.POSITIVE_INFINITY,
        ),
      );
    }
    rows.push(row);
  }
  return at(rows[a.length], b.length);
}
