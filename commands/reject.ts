import { planCard } from '../blocks/plan.ts';
import { user } from '../src/domain/actor.ts';
import { type Command, live } from './types.ts';
import { whichPlan } from './which-plan.ts';

/** One word for "no": it rejects a plan that waits for approval, and cancels one that would run by itself. */
export const reject: Command = {
  name: 'reject',
  aliases: ['deny', 'cancel', 'stop', '拒绝', '驳回', '取消', '停止'],
  usage: '<plan> [reason]',
  async run(ask, tools) {
    const { planId, reason } = await whichPlan(ask, reject.usage, tools);
    const { plan } = await tools.verbs.plan(planId);
    const end = plan.state === 'proposed' || plan.state === 'notified' || plan.state === 'approved' ? tools.verbs.cancel : tools.verbs.reject;
    const view = await end(planId, user(ask.userId), reason);
    return live(planCard(view, ask.forAll), view.plan.id, ask.forAll);
  },
};
