import { lackLines } from '../../blocks/plan-words.ts';
import { user } from '../../src/domain/actor.ts';
import { type Button, privately } from '../types.ts';
import { sentence, words } from '../words.ts';

export const approveButton: Button = {
  verbs: ['approve'],
  async press(click, { verbs }) {
    // A button that says nothing of what it showed approves nothing: `none` is the digest of no plan.
    const { plan } = await verbs.approve(click.subject, user(click.userId), { via: 'button', digest: click.digest ?? 'none' });
    const have = new Set(plan.approvals.map((approval) => approval.userId)).size;
    const lacks = lackLines(plan, click.forMe);
    const said = words(click.forMe.locale).approved(plan.id, have, plan.approvalsNeeded, lacks.length > 0);
    return privately(sentence([said, ...lacks].join('\n')));
  },
};
