import { feedbackCard } from '../../blocks/feedback.ts';
import { user } from '../../src/domain/actor.ts';
import type { FeedbackMeaning } from '../../src/domain/feedback.ts';
import { type Button, type Click, privately } from '../types.ts';

const MEANINGS: Partial<Record<Click['verb'], FeedbackMeaning>> = { meaning_alert: 'alert', meaning_fix: 'fix', meaning_match: 'match' };

/** "I meant the fix": the standing verdict is taken for something else. The button carries which verdict it was. */
export const meaningButton: Button = {
  verbs: ['meaning_alert', 'meaning_fix', 'meaning_match'],
  async press(click, { verbs }) {
    const verdict = click.digest === 'good' ? 'good' : 'bad';
    const report = await verbs.giveFeedback({ subject: click.subject, verdict, meaning: MEANINGS[click.verb] ?? null, comment: null }, user(click.userId));
    return privately(feedbackCard(report, click.forMe));
  },
};
