import { statusCard } from '../blocks/status.ts';
import { type Command, publicly } from './types.ts';

export const status: Command = {
  name: 'status',
  aliases: ['health', '状态'],
  usage: '',
  async run(ask, { verbs }) {
    return publicly(statusCard(await verbs.status(), ask.forAll));
  },
};
