import type { AuditEntry } from '../src/domain/audit.ts';
import { type Card, type CardOptions, code, date, safe, who } from './card.ts';
import { moreLine } from './detect.ts';
import { localised, say, sayIfKnown } from './locales/say.ts';
import { header, section } from './parts.ts';
import { actionTitle } from './plan-words.ts';

const FIRST = 4;
const LAST = 16;
// What a person wants to read of a row; digests, keys and hashes stay in the export.
const TOLD = ['action', 'targetId', 'reason', 'comment', 'verdict', 'meaning', 'result', 'stage', 'scope'] as const;

/** The story of one incident or plan, oldest first: who did what, when, and the reason they gave. */
export function auditCard(subject: string, entries: readonly AuditEntry[], options: CardOptions): Card {
  const words = say(options.locale);
  const title = words('audit.title', { subject: safe(subject, 40) });
  const lines = entries.map((entry) => entryLine(entry, options));
  const left = entries.length - FIRST - LAST;
  const parts = left > 0 ? [lines.slice(0, FIRST), [moreLine(left, options.locale) ?? ''], lines.slice(-LAST)] : [lines];
  const shown = parts.flat();
  return {
    text: title,
    blocks: [
      header(`📜 ${title}`),
      ...(shown.length === 0 ? [section(words('audit.empty'))] : []),
      ...chunks(shown, 6).map((some) => section(some.join('\n'))),
    ],
  };
}

function entryLine(entry: AuditEntry, options: CardOptions): string {
  const verb = sayIfKnown(options.locale, `audit.verb.${entry.verb}`) ?? safe(entry.verb.replaceAll(/[._]/g, ' '), 60);
  const told = TOLD.flatMap((name) => toldValue(name, entry.detail[name], options)).slice(0, 3);
  return [`${date(entry.atMs)} · ${who(entry.actor, options.locale)} · *${verb}* ${code(entry.subject, 40)}`, ...told, ...tracesOf(entry.detail)].join(' · ');
}

const MOST_CALLS = 2;

/** By which ids Slack, AWS and the API know of it: for whoever has to look it up there. */
function tracesOf({ origin, awsRequests }: AuditEntry['detail']): string[] {
  const { via, ids } = (typeof origin === 'object' && origin !== null ? origin : {}) as { via?: unknown; ids?: Record<string, unknown> };
  const named = ['channel', 'message', 'trigger', 'event', 'request'].flatMap((name) => (typeof ids?.[name] === 'string' ? [ids[name]] : []));
  const from = named.length === 0 ? [] : [`${via === 'slack' ? 'Slack' : 'API'} ${code(named.slice(0, 2).join('/'), 60)}`];
  const calls = Array.isArray(awsRequests) ? awsRequests.filter((id) => typeof id === 'string').slice(0, MOST_CALLS) : [];
  return [...from, ...calls.map((id) => `AWS ${code(id, 40)}`)];
}

function toldValue(name: (typeof TOLD)[number], value: unknown, options: CardOptions): string[] {
  if (typeof value !== 'string' || value === '') return [];
  if (name === 'action') return [safe(actionTitle(value, options.locale), 80)];
  return [safe(/^[a-z_]+$/.test(value) ? value.replaceAll('_', ' ') : localised(value, options.locale), 80)];
}

function chunks<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) => items.slice(index * size, index * size + size));
}
