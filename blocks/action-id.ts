import { cut } from './card.ts';

export const ACTION_VERBS = [
  'approve',
  'reject',
  'cancel',
  'ack',
  'fix',
  'analyse',
  'why',
  'runbook',
  'feedback_good',
  'feedback_bad',
  'save_pattern',
  'edit',
  'lift',
  'silence',
  'detect',
  'topology',
  'pause',
  'resume',
  'stop', // `subject` is an analysis under way
  'set_language', // `subject` is auto, en or zh
  'set_dm', // `subject` is on or off
  'meaning_alert', // "it was about the alert": `digest` carries the verdict, good or bad
  'meaning_fix',
  'meaning_match',
] as const;
export type ActionVerb = (typeof ACTION_VERBS)[number];

export interface ActionRef {
  readonly verb: ActionVerb;
  readonly subject: string; // INC-12, PLAN-34, PAT-001
  readonly digest?: string | null; // of the plan as this card shows it
}

/** Every action_id starts with this; the value carries only names and a prefix of the digest, never what to do. */
export const ACTION_PREFIX = 'ops:';
export const DIGEST_PREFIX_LENGTH = 16;

/** What a button says about itself. The id is unique in a message; a subject over 250 units is cut, a digest to its prefix. */
export function encodeAction(action: ActionRef): { action_id: string; value: string } {
  const subject = cut(action.subject.toWellFormed(), 250);
  const digest = action.digest?.slice(0, DIGEST_PREFIX_LENGTH) ?? null;
  const slot = subject.replaceAll(/[^A-Za-z0-9-]/g, '').slice(0, 60);
  return { action_id: `${ACTION_PREFIX}${action.verb}:${slot}`, value: JSON.stringify(digest === null ? [subject] : [subject, digest]) };
}

/** Reads a button back; null when it is not one of ours, so that an old or forged click is refused in words. */
export function decodeAction(actionId: string, value: string | undefined): { verb: ActionVerb; subject: string; digest: string | null } | null {
  const name = actionId.startsWith(ACTION_PREFIX) ? actionId.slice(ACTION_PREFIX.length).split(':')[0] : undefined;
  const verb = ACTION_VERBS.find((known) => known === name);
  const parts = parse(value);
  if (verb === undefined || !Array.isArray(parts) || parts.length < 1 || parts.length > 2) return null;
  const [subject, digest = null]: unknown[] = parts;
  if (typeof subject !== 'string' || subject === '' || subject.length > 250) return null;
  if (digest !== null && (typeof digest !== 'string' || digest.length > DIGEST_PREFIX_LENGTH)) return null;
  return { verb, subject, digest };
}

function parse(text: string | undefined): unknown {
  if (text === undefined || text.length > 2000) return null;
  try {
    return JSON.parse(text);
  } catch {
    return null; // not ours
  }
}
