import { acknowledgedCard, stormTakenCard } from '../blocks/confirmations.ts';
import { user } from '../src/domain/actor.ts';
import { requireSubject } from '../src/domain/names.ts';
import { required } from './required.ts';
import { isStorm } from './storms.ts';
import { type Command, publicly } from './types.ts';

export const ack: Command = {
  name: 'ack',
  aliases: ['acknowledge', '确认', '收到', '认领'],
  usage: '<incident>',
  async run(ask, { verbs }) {
    const typed = required(ask, ack.usage, 'ack INC-12');
    if (isStorm(typed)) return publicly(stormTakenCard(ask.userId, (await verbs.acknowledgeStorm(typed, user(ask.userId))).length, ask.forAll));
    const incidentId = requireSubject(typed, 'incident').id;
    return publicly(acknowledgedCard(await verbs.acknowledge(incidentId, user(ask.userId)), ask.forAll));
  },
};
