import { policyCard } from '../blocks/policy.ts';
import { type Command, privately } from './types.ts';

/** Who may do what, as it is in force. */
export const policy: Command = {
  name: 'policy',
  aliases: ['rules', '策略'],
  usage: '',
  async run(ask, { verbs }) {
    return privately(policyCard(await verbs.policy(), ask.forMe));
  },
};
