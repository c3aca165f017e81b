import { createHash } from 'node:crypto';
import type { LogLine } from '../../domain/signals.ts';

const MOST_CHARACTERS = 262_144;
const CUT = ' … (cut)';
const LOOKED_AT = 400; // a level stands near the start

const LEVELS: readonly (readonly [RegExp, LogLine['level']])[] = [
  [/\b(fatal|panic|emerg(ency)?|critical)\b/i, 'fatal'],
  [/\b(error|err|exception|severe|failed|failure)\b/i, 'error'],
  [/\b(warn(ing)?)\b/i, 'warn'],
  [/\b(debug|trace)\b/i, 'debug'],
];

/** The level that a line claims for itself: a `level` field first, then the first level word near its start. */
export function levelOf(message: string): LogLine['level'] {
  const head = message.slice(0, LOOKED_AT);
  const field = /"(?:level|severity|lvl)"\s*:\s*"?(\w+)/i.exec(head)?.[1];
  const text = field ?? head;
  return LEVELS.find(([pattern]) => pattern.test(text))?.[1] ?? 'info';
}

/** Whether a line is longer than what is kept of it. */
export const isTooLong = (message: string): boolean => message.length > MOST_CHARACTERS;

/** A line as the log port wants it; one that is too long is cut and says so. */
export function lineOf(
  raw: { readonly id: string; readonly timestampMs: number; readonly message: string },
  group: string,
  resourceId: string | null,
): LogLine {
  const { id, timestampMs } = raw;
  const message = isTooLong(raw.message) ? raw.message.slice(0, MOST_CHARACTERS - CUT.length) + CUT : raw.message;
  const shortId = id.length <= 300 ? id : createHash('sha256').update(id).digest('hex');
  return { id: shortId, timestampMs, group, resourceId, level: levelOf(message), message };
}
