import { liftedCard } from '../blocks/quiet.ts';
import { user } from '../src/domain/actor.ts';
import { required } from './required.ts';
import { type Command, publicly } from './types.ts';

export const unsilence: Command = {
  name: 'unsilence',
  aliases: ['unmute', 'lift', '取消静默', '解除静默', '结束静默'],
  usage: '<resource or service>',
  async run(ask, { verbs }) {
    const name = required({ ...ask, about: null }, unsilence.usage, 'unsilence ecs/checkout');
    return publicly(liftedCard(await verbs.lift(name, user(ask.userId)), ask.forAll));
  },
};
