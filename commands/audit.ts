import { auditCard } from '../blocks/audit.ts';
import { OpsError } from '../src/domain/errors.ts';
import { subjectAtStart } from './arguments.ts';
import { required } from './required.ts';
import { type Command, publicly } from './types.ts';
import { words } from './words.ts';

const ENTRIES_MAX = 50;

export const audit: Command = {
  name: 'audit',
  aliases: ['history', '审计', '历史'],
  usage: '<incident or plan>',
  async run(ask, { verbs }) {
    const subject = subjectAtStart(required(ask, audit.usage, 'audit INC-12').split(' '))?.subject;
    if (subject === undefined) throw new OpsError('invalid_input', words(ask.forMe.locale).needs(audit.usage), words(ask.forMe.locale).example('audit INC-12'));
    return publicly(auditCard(subject, await verbs.audit(subject, ENTRIES_MAX), ask.forAll));
  },
};
