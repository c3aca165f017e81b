import { maintenanceCard } from '../blocks/quiet.ts';
import { user } from '../src/domain/actor.ts';
import { OpsError } from '../src/domain/errors.ts';
import type { MaintenanceRequest } from '../src/domain/requests.ts';
import { findDuration } from './arguments.ts';
import { unquote } from './parse.ts';
import { type Command, publicly } from './types.ts';
import { words } from './words.ts';

export const maintenance: Command = {
  name: 'maintenance',
  aliases: ['maintain', '维护', '计划维护'],
  usage: '<service> <duration> [in <time>] [reason]',
  async run(ask, { verbs }) {
    const request = readMaintenance(ask.text);
    const say = words(ask.forMe.locale);
    if (request === null) throw new OpsError('invalid_input', say.maintenanceNeeds, say.maintenanceExample);
    return publicly(maintenanceCard(await verbs.maintenance(request, user(ask.userId)), ask.forAll));
  },
};

/** `checkout 2h in 30m new database`, `checkout in 30m for 2h`, `checkout 2小时 30分钟后 换库`; null: it cannot be read. */
export function readMaintenance(text: string): MaintenanceRequest | null {
  const later = /(?:^|\s)in\s+(\d[\w.\s]*?[smhdw]\w*)(?=\s|$)|((?:\d+(?:\.\d)?(?:分钟|小时|分|时|天))+)(?:之?后|以后)(?:开始)?/iu.exec(text);
  const start = later === null ? null : findDuration(later[1] ?? later[2] ?? '');
  const rest = later === null ? text : `${text.slice(0, later.index)} ${text.slice(later.index + later[0].length)}`;
  const span = findDuration(rest);
  if (span === null) return null;
  const service = span.before
    .replace(/^service[\s:]+/i, '')
    .replace(/\s+for$/i, '')
    .trim();
  if (service === '') return null;
  return { service, startsInMs: start?.ms ?? 0, durationMs: span.ms, reason: unquote(span.after.replace(/^(?:because|reason:?|for)\s+/i, '')) };
}
