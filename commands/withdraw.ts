import { planCard } from '../blocks/plan.ts';
import { user } from '../src/domain/actor.ts';
import { type Command, live } from './types.ts';
import { whichPlan } from './which-plan.ts';

/** Takes one's own approval back before the plan is started. */
export const withdraw: Command = {
  name: 'withdraw',
  aliases: ['unapprove', '撤回'],
  usage: '<plan>',
  async run(ask, tools) {
    const { planId } = await whichPlan(ask, withdraw.usage, tools);
    const view = await tools.verbs.withdrawApproval(planId, user(ask.userId));
    return live(planCard(view, ask.forAll), view.plan.id, ask.forAll);
  },
};
