import type { FeedbackMeaning } from '../src/domain/feedback.ts';
import type { FeedbackReport } from '../src/domain/requests.ts';
import type { ActionVerb } from './action-id.ts';
import { type Card, type CardOptions, code, percent, safe } from './card.ts';
import { say } from './locales/say.ts';
import { actions, button, context, section } from './parts.ts';
import { actionTitle } from './plan-words.ts';

const MEANINGS: readonly FeedbackMeaning[] = ['alert', 'fix', 'match'];
const VERBS: Record<FeedbackMeaning, ActionVerb> = { alert: 'meaning_alert', fix: 'meaning_fix', match: 'meaning_match' };

/** Says what a verdict was taken to mean and what it changed, with buttons for the other meanings. */
export function feedbackCard(report: FeedbackReport, options: CardOptions): Card {
  const words = say(options.locale);
  const { feedback, confidence, sensitivity } = report;
  const subject = feedback.subject;
  const noted = words(`feedback.${feedback.verdict}.${feedback.meaning}`, { subject: safe(subject, 40) });
  const lines = [
    `${feedback.verdict === 'good' ? '👍' : '👎'} ${noted}`,
    confidence === null
      ? ''
      : words('feedback.confidence', {
          ...change(confidence),
          action: safe(actionTitle(confidence.action, options.locale), 80),
          pattern: code(confidence.patternId, 20),
        }),
    sensitivity === null ? '' : words('feedback.sensitivity', { ...change(sensitivity), key: code(sensitivity.key, 120) }),
  ];
  const others = MEANINGS.filter((meaning) => meaning !== feedback.meaning);
  return {
    text: noted,
    blocks: [
      section(lines.filter((line) => line !== '').join('\n')),
      ...actions(others.map((meaning) => button(words(`button.meaning.${meaning}`), { verb: VERBS[meaning], subject, digest: feedback.verdict }))),
      ...context([report.replaced === null ? '' : words('feedback.replaced'), words('feedback.undo')]),
    ],
  };
}

const change = (numbers: { readonly before: number; readonly after: number }) => ({ before: percent(numbers.before), after: percent(numbers.after) });
