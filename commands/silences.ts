import { silencesCard } from '../blocks/quiet.ts';
import { type Command, publicly } from './types.ts';

export const silences: Command = {
  name: 'silences',
  aliases: ['silenced', 'muted', '静默列表', '静默清单'],
  usage: '',
  async run(ask, { verbs }) {
    return publicly(silencesCard(await verbs.silences(), ask.forAll));
  },
};
