import { planCard } from '../blocks/plan.ts';
import { user } from '../src/domain/actor.ts';
import { type Command, live } from './types.ts';
import { whichPlan } from './which-plan.ts';

export const approve: Command = {
  name: 'approve',
  aliases: ['批准', '同意', '通过'],
  usage: '<plan>',
  async run(ask, tools) {
    const { planId } = await whichPlan(ask, approve.usage, tools);
    const view = await tools.verbs.approve(planId, user(ask.userId), { via: 'command', digest: null });
    return live(planCard(view, ask.forAll), view.plan.id, ask.forAll);
  },
};
