import { feedbackCard } from '../blocks/feedback.ts';
import { user } from '../src/domain/actor.ts';
import { readFeedback } from './arguments.ts';
import { type Command, privately } from './types.ts';

export const feedback: Command = {
  name: 'feedback',
  aliases: ['反馈', '评价'],
  usage: '<incident, plan or pattern> good|bad [comment]',
  async run(ask, { verbs }) {
    const said = readFeedback(ask.text, ask.about, ask.forMe.locale);
    return privately(feedbackCard(await verbs.giveFeedback({ ...said, meaning: null }, user(ask.userId)), ask.forMe));
  },
};
