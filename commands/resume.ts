import { resumedCard } from '../blocks/switches.ts';
import { user } from '../src/domain/actor.ts';
import { scopeOf } from './pause.ts';
import { type Command, publicly } from './types.ts';

export const resume: Command = {
  name: 'resume',
  aliases: ['unpause', '恢复', '继续'],
  usage: '[all, an action or a service]',
  async run(ask, { verbs }) {
    return publicly(resumedCard(await verbs.resume(scopeOf(ask.text), user(ask.userId)), ask.forAll));
  },
};
