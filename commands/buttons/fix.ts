import { user } from '../../src/domain/actor.ts';
import { type Button, privately } from '../types.ts';
import { sentence, words } from '../words.ts';

/** The plan's own card comes to the thread by itself. */
export const fixButton: Button = {
  verbs: ['fix'],
  async press(click, { verbs }) {
    const { plan } = await verbs.proposeFix({ issue: click.subject }, user(click.userId));
    return privately(sentence(words(click.forMe.locale).proposed(plan.id)));
  },
};
