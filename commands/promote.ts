import { promotedCard } from '../blocks/policy.ts';
import { user } from '../src/domain/actor.ts';
import { OpsError } from '../src/domain/errors.ts';
import { type Command, publicly } from './types.ts';
import { words } from './words.ts';

/** Confirms that an action may run one risk level lower for a pattern. */
export const promote: Command = {
  name: 'promote',
  aliases: ['升级'],
  usage: '<pattern> <action>',
  async run(ask, { verbs }) {
    const [pattern, action, ...rest] = ask.text.split(' ').filter((part) => part !== '');
    const say = words(ask.forMe.locale);
    if (pattern === undefined || action === undefined || rest.length > 0)
      throw new OpsError('invalid_input', say.needs(promote.usage), say.example('promote PAT-001 restart_service'));
    return publicly(promotedCard(await verbs.promote(pattern, action, user(ask.userId)), ask.forAll));
  },
};
