import { type Button, privately } from '../types.ts';
import { sentence, words } from '../words.ts';

/** Stops an analysis under way. It changes nothing, so anybody may. */
export const stopButton: Button = {
  verbs: ['stop'],
  async press(click, { stop }) {
    const say = words(click.forMe.locale);
    return privately(sentence(stop(click.subject, click.userId) ? say.stopping : say.nothingToStop));
  },
};
