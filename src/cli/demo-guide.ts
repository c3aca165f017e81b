import type { Incident } from '../domain/incident.ts';
import type { Plan } from '../domain/plan.ts';
import type { GuideStep } from '../sandbox/slack/types.ts';

/** The short guide on the page: what happens by itself, what the newcomer does, and how far it is. */
export function guideSteps(incidents: readonly Incident[], plans: readonly Plan[]): readonly GuideStep[] {
  const critical = plans.find((plan) => plan.risk === 'critical');
  const approvals = critical?.approvals.length ?? 0;
  const done: readonly (readonly [text: string, done: boolean])[] = [
    ['Wait some seconds in #ops: something in the account goes wrong, and opsloop notices.', incidents.length > 0],
    ['Read the card: what, where, since when, the likely cause, and the fix it proposes.', critical !== undefined],
    ['The fix deletes data, so two people must agree. Press Approve on the card as Ana.', approvals >= 1],
    ['Switch to Ben (bottom left) and press Approve as well. The same person twice does not count: try it.', approvals >= 2],
    ['opsloop runs the fix once and watches the metrics.', critical?.executedAtMs != null],
    ['Verified: the card folds to one line. Press 👍 on it, so that the pattern learns.', critical?.state === 'succeeded'],
    [
      'More is coming: a restart that needs nobody, a notice you can cancel, a rollback one person approves. Try /ops, /detect, @opsloop status, or a DM in Chinese as 李薇: 根因 1.',
      false,
    ],
  ];
  const now = done.findIndex(([, isDone]) => !isDone);
  return done.map(([text], index) => ({ text, state: index < now ? 'done' : index === now ? 'now' : 'todo' }));
}
