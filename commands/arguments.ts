import type { Locale } from '../blocks/card.ts';
import { OpsError } from '../src/domain/errors.ts';
import type { Verdict } from '../src/domain/feedback.ts';
import { parseSubject } from '../src/domain/names.ts';
import { words } from './words.ts';

const UNITS: Record<string, number> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };
const UNIT_WORDS: readonly (readonly [RegExp, string])[] = [
  [/^(?:s|sec|secs|seconds?|秒|秒钟)$/, 's'],
  [/^(?:m|min|mins|minutes?|分|分钟)$/, 'm'],
  [/^(?:h|hr|hrs|hours?|时|小时|个小时)$/, 'h'],
  [/^(?:d|days?|天|日)$/, 'd'],
  [/^(?:w|weeks?|周|星期)$/, 'w'],
];
const SILENCE_MIN_MS = 60_000;
const SILENCE_MAX_MS = 7 * 86_400_000;

/** The first duration in a text (`30m`, `2 hours`, `1h30m`, `2小时`) in ms, and the text before and after it; null: none. */
export function findDuration(text: string): { readonly ms: number; readonly before: string; readonly after: string } | null {
  const unit = '(?:seconds?|secs?|s|minutes?|mins?|m|hours?|hrs?|hr|h|days?|d|weeks?|w|秒钟|秒|分钟|分|个小时|小时|时|天|日|周|星期)';
  const match = new RegExp(`(?<![\\w\\-/.])((?:\\d{1,6}(?:\\.\\d)?\\s*${unit}\\s*)+)(?![\\w\\-/.])`, 'iu').exec(text);
  if (match?.[1] === undefined) return null;
  let ms = 0;
  for (const [, amount, name] of match[1].matchAll(new RegExp(`(\\d{1,6}(?:\\.\\d)?)\\s*(${unit})`, 'giu'))) {
    const letter = UNIT_WORDS.find(([pattern]) => pattern.test((name ?? '').toLowerCase()))?.[1] ?? 'm';
    ms += Number(amount) * (UNITS[letter] ?? 0);
  }
  return { ms, before: text.slice(0, match.index).trim(), after: text.slice(match.index + match[0].length).trim() };
}

/** A silence between a minute and a week. */
export function silenceMs(ms: number, locale: Locale): number {
  if (ms < SILENCE_MIN_MS || ms > SILENCE_MAX_MS) throw new OpsError('invalid_input', words(locale).silenceBounds, words(locale).silenceExample);
  return ms;
}

const GOOD: ReadonlySet<string> = new Set([
  'good',
  'yes',
  'right',
  'ok',
  'helpful',
  'correct',
  '👍',
  ':+1:',
  ':thumbsup:',
  '+1',
  '好',
  '好的',
  '对',
  '正确',
  '有用',
  '有效',
  '赞',
]);
const BAD: ReadonlySet<string> = new Set([
  'bad',
  'no',
  'wrong',
  'unhelpful',
  'incorrect',
  '👎',
  ':-1:',
  ':thumbsdown:',
  '-1',
  '坏',
  '差',
  '不好',
  '不对',
  '错',
  '错误',
  '没用',
  '无效',
  '误报',
  '踩',
]);

/** `INC-12 good`, `good #12`, `PLAN-34 👎 it took the site down`, `12 好`. A bare number is an incident. */
export function readFeedback(text: string, about: string | null, locale: Locale): { subject: string; verdict: Verdict; comment: string | null } {
  const spaced = text.replaceAll(/:skin-tone-\d:|[\u{1f3fb}-\u{1f3ff}]/gu, '').replaceAll(/(\d)(?=\p{Script=Han})/gu, '$1 ');
  const parts = spaced.split(/[\s,]+/u).filter((part) => part !== '');
  const verdictAt = parts.slice(0, 3).findIndex((part) => GOOD.has(part.toLowerCase()) || BAD.has(part.toLowerCase()));
  const said = parts[verdictAt]?.toLowerCase();
  const others = parts.filter((_, index) => index !== verdictAt);
  const named = subjectAtStart(others);
  const subject = named?.subject ?? about;
  if (said === undefined || subject === null) throw new OpsError('invalid_input', words(locale).feedbackNeeds, words(locale).feedbackExample);
  const comment = others.slice(named?.used ?? 0).join(' ');
  return { subject, verdict: GOOD.has(said) ? 'good' : 'bad', comment: comment === '' ? null : comment.slice(0, 2000) };
}

/** `INC-12`, `inc 12`, `#12` at the start of some words, and how many of them it took. */
export function subjectAtStart(parts: readonly string[]): { readonly subject: string; readonly used: number } | null {
  for (const used of [2, 1]) {
    const text = parts.slice(0, used).join(' ');
    if (parts.length < used || (used === 2 && parseSubject(parts[0] ?? '') !== null)) continue;
    const bare = used === 1 ? /^#?(\d{1,9})$/.exec(text)?.[1] : undefined;
    const subject = parseSubject(bare === undefined ? text : `INC-${bare}`);
    if (subject !== null) return { subject: subject.id, used };
  }
  return null;
}
