import { user } from '../../src/domain/actor.ts';
import { type Button, privately } from '../types.ts';
import { sentence, words } from '../words.ts';

export const cancelButton: Button = {
  verbs: ['cancel'],
  async press(click, { verbs }) {
    const { plan } = await verbs.cancel(click.subject, user(click.userId), words(click.forAll.locale).reasonByButton);
    return privately(sentence(words(click.forMe.locale).cancelled(plan.id)));
  },
};
