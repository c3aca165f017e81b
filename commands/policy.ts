import { policyCard, reloadedCard } from '../blocks/policy.ts';
import { user } from '../src/domain/actor.ts';
import { OpsError } from '../src/domain/errors.ts';
import { type Command, privately, publicly } from './types.ts';
import { words } from './words.ts';

/** Who may do what, as it is in force; `reload` reads the config again. */
export const policy: Command = {
  name: 'policy',
  aliases: ['rules', '策略'],
  usage: '[reload]',
  async run(ask, { verbs }) {
    if (/^(?:reload|重新加载|重载)$/iu.test(ask.text)) return publicly(reloadedCard(await verbs.reloadPolicy(user(ask.userId)), ask.forAll));
    if (ask.text !== '') throw new OpsError('invalid_input', words(ask.forMe.locale).needs(policy.usage), words(ask.forMe.locale).example('policy reload'));
    return privately(policyCard(await verbs.policy(), ask.forMe));
  },
};
