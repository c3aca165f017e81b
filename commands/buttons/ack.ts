import { acknowledgedCard } from '../../blocks/confirmations.ts';
import { user } from '../../src/domain/actor.ts';
import { type Button, privately } from '../types.ts';

export const ackButton: Button = {
  verbs: ['ack'],
  async press(click, { verbs }) {
    return privately(acknowledgedCard(await verbs.acknowledge(click.subject, user(click.userId)), click.forMe));
  },
};
