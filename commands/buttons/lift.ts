import { liftedCard } from '../../blocks/quiet.ts';
import { user } from '../../src/domain/actor.ts';
import { type Button, privately } from '../types.ts';

export const liftButton: Button = {
  verbs: ['lift'],
  async press(click, { verbs }) {
    return privately(liftedCard(await verbs.lift(click.subject, user(click.userId)), click.forMe));
  },
};
