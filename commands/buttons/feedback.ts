import { feedbackCard } from '../../blocks/feedback.ts';
import { user } from '../../src/domain/actor.ts';
import { type Button, privately } from '../types.ts';

/** 👍 and 👎 on a card. The answer says what it was taken for, and lets that be changed. */
export const feedbackButton: Button = {
  verbs: ['feedback_good', 'feedback_bad'],
  async press(click, { verbs }) {
    const verdict = click.verb === 'feedback_good' ? 'good' : 'bad';
    const report = await verbs.giveFeedback({ subject: click.subject, verdict, meaning: null, comment: null }, user(click.userId));
    return privately(feedbackCard(report, click.forMe));
  },
};
