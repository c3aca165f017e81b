import type { KnownBlock } from '@slack/types';
import type { Actor } from '../src/domain/actor.ts';
import { redact, SECRETS_ONLY } from '../src/domain/redact.ts';
import { say } from './locales/say.ts';

/** What is sent to Slack: the blocks, and `text` for notifications and screen readers. */
export interface Card {
  text: string;
  blocks: KnownBlock[];
}

export type Locale = 'en' | 'zh';
export interface CardOptions {
  readonly locale: Locale;
  readonly nowMs: number;
  readonly chartFileId?: string | null; // a Slack file id; the card shows no picture without it
  readonly mentions?: readonly string[]; // people and groups the card calls
  readonly linkBase?: string | null; // where opsloop is reached in a browser (http.public_url): `<linkBase>/i/INC-12`
}

const REDACTED_MAX = 20_000; // more is cut anyway
const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** The text in at most `max` UTF-16 units, cut between whole characters as people see them, with `…` when cut. */
export function cut(text: string, max: number): string {
  if (text.length <= max) return text;
  let end = 0;
  for (const { segment, index } of graphemes.segment(text.slice(0, max + 64))) {
    if (index + segment.length > max - 1) break;
    end = index + segment.length;
  }
  return `${text.slice(0, end).trimEnd()}…`;
}

// Control characters, and the invisible ones that can turn the direction of the text that follows.
const INVISIBLE = /[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]+/gu;
const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/u;

/** One line of plain text for plain_text objects (headers, buttons): no secrets, no control characters, whitespace folded. */
export function plain(text: string, max: number): string {
  return cut(redact(text.slice(0, REDACTED_MAX), SECRETS_ONLY).toWellFormed().replaceAll(INVISIBLE, ' ').replaceAll(/\s+/g, ' ').trim(), max);
}

const ESCAPES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };
const escapeAll = (text: string): string => text.replaceAll(/[&<>]/g, (sign) => ESCAPES[sign] ?? sign);

/** Escaped, in at most `max` units: every mention, link and date token in it becomes harmless text. */
export function escaped(text: string, max: number): string {
  const whole = escapeAll(text);
  if (whole.length <= max) return whole;
  let out = '';
  for (const { segment } of graphemes.segment(text.slice(0, max + 64))) {
    const next = escapeAll(segment);
    if (out.length + next.length > max - 1) break;
    out += next;
  }
  return `${out.trimEnd()}…`;
}

// Slack has no escape for its formatting signs; these look the same and format nothing.
const LOOKALIKES: Record<string, string> = { '*': '∗', '~': '∼', '`': 'ˋ' };

/** Text that came from data (names, log lines, what people typed), for mrkdwn: it can neither mention, link nor format. */
export function safe(text: string, max = 300): string {
  const signs = plain(text, max)
    .replaceAll(/[*~`]/g, (sign) => LOOKALIKES[sign] ?? sign)
    .replaceAll(/(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, 'ˍ');
  return RIGHT_TO_LEFT.test(signs) ? `\u2068${escaped(signs, max - 2)}\u2069` : escaped(signs, max);
}

/** A name (resource, action, pattern id) in code style, as it is written. */
export function code(text: string, max = 80): string {
  return `\`${escaped(plain(text.replaceAll('`', "'"), max), max) || '?'}\``;
}

const PERSON = /^[UW][A-Z0-9]{2,20}$/;
const GROUP = /^S[A-Z0-9]{2,20}$/;

/** `<@U…>` or `<!subteam^S…>`; null for anything else, so that data cannot mention the channel. */
export function mention(id: string): string | null {
  if (PERSON.test(id)) return `<@${id}>`;
  return GROUP.test(id) ? `<!subteam^${id}>` : null;
}

/** Who did it, for mrkdwn. */
export function who(actor: Actor, locale: Locale): string {
  if (actor.type === 'system') return 'opsloop';
  const person = actor.userId === null ? null : mention(actor.userId);
  if (person !== null) return person;
  return actor.type === 'user' ? safe(actor.userId, 60) : say(locale)('who.token', { name: safe(actor.tokenId, 60) });
}

type DateStyle = 'full' | 'time' | 'seconds';
const FORMATS: Record<DateStyle, string> = { full: '{date_short_pretty} {time}', time: '{time}', seconds: '{time_secs}' };

/** A moment as a Slack date token: each reader sees their own time zone; the fallback is UTC. */
export function date(atMs: number, style: DateStyle = 'full'): string {
  if (!Number.isFinite(atMs) || Math.abs(atMs) > 8.64e15) return '–';
  return `<!date^${Math.floor(atMs / 1000)}^${FORMATS[style]}|${utc(atMs)}>`;
}

/** A moment in words for fallback texts: `2026-11-24 23:05 UTC`. */
export function utc(atMs: number): string {
  if (!Number.isFinite(atMs) || Math.abs(atMs) > 8.64e15) return '–';
  return `${new Date(atMs).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** `12 s`, `5 min`, `2 h 5 min`, `3 d 4 h`. Negative counts as zero. */
export function duration(ms: number, locale: Locale): string {
  if (!Number.isFinite(ms)) return '–';
  const words = say(locale);
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 60) return words('unit.s', { n: seconds });
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return words('unit.min', { n: minutes });
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return join(words('unit.h', { n: hours }), minutes % 60, words('unit.min', { n: minutes % 60 }));
  const days = Math.floor(hours / 24);
  return join(words('unit.d', { n: days }), hours % 24, words('unit.h', { n: hours % 24 }));
}
const join = (first: string, rest: number, second: string): string => (rest === 0 ? first : `${first} ${second}`);

/** A share 0..1 as `82 %`, with a space that does not break. */
export const percent = (share: number): string => `${Math.round(Math.min(1, Math.max(0, share)) * 100)}\u00a0%`;

export const SEVERITIES = ['critical', 'high', 'medium', 'low'] as const;
export type SeverityWord = (typeof SEVERITIES)[number];

/** The word for a severity 0..1. */
export function severityWord(severity: number): SeverityWord {
  if (severity >= 0.8) return 'critical';
  if (severity >= 0.6) return 'high';
  return severity >= 0.3 ? 'medium' : 'low';
}
const SEVERITY_ICONS: Record<SeverityWord, string> = { critical: '🔴', high: '🟠', medium: '🟡', low: '🔵' };

/** Icon and word: a colour alone says nothing to some readers. */
export function severity(value: number, locale: Locale): string {
  const word = severityWord(value);
  return `${SEVERITY_ICONS[word]}\u00a0${say(locale)(`severity.${word}`)}`;
}
