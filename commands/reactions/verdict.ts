import { feedbackCard } from '../../blocks/feedback.ts';
import { user } from '../../src/domain/actor.ts';
import type { Verdict } from '../../src/domain/feedback.ts';
import { privately, type Reaction } from '../types.ts';
import { sentence, words } from '../words.ts';

/** 👍 or 👎 put on a card counts as that person's verdict; taking it away takes the verdict back. */
function verdictReaction(names: readonly string[], verdict: Verdict): Reaction {
  return {
    names,
    async react(ask, { verbs }) {
      const actor = user(ask.userId);
      if (ask.change === 'removed') {
        if (ask.standing !== verdict) return null; // they have changed their mind since: that verdict stays
        const gone = await verbs.withdrawFeedback(ask.subject, actor);
        return gone === null ? null : privately(sentence(words(ask.forMe.locale).verdictGone(gone.subject)));
      }
      const report = await verbs.giveFeedback({ subject: ask.subject, verdict, meaning: null, comment: null }, actor);
      return verdict === 'bad' ? privately(feedbackCard(report, ask.forMe)) : null;
    },
  };
}

export const thumbsUp = verdictReaction(['+1', 'thumbsup'], 'good');
export const thumbsDown = verdictReaction(['-1', 'thumbsdown'], 'bad');
