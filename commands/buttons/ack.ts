import { acknowledgedCard, stormTakenCard } from '../../blocks/confirmations.ts';
import { user } from '../../src/domain/actor.ts';
import { isStorm } from '../storms.ts';
import { type Button, privately } from '../types.ts';

export const ackButton: Button = {
  verbs: ['ack'],
  async press(click, { verbs }) {
    if (isStorm(click.subject))
      return privately(stormTakenCard(click.userId, (await verbs.acknowledgeStorm(click.subject, user(click.userId))).length, click.forMe));
    return privately(acknowledgedCard(await verbs.acknowledge(click.subject, user(click.userId)), click.forMe));
  },
};
