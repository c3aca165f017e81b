import { planCard } from '../blocks/plan.ts';
import { user } from '../src/domain/actor.ts';
import { required } from './required.ts';
import { type Command, live } from './types.ts';

export const fix: Command = {
  name: 'fix',
  aliases: ['repair', '修复', '修一下'],
  usage: '<incident or text>',
  async run(ask, { verbs }) {
    const view = await verbs.proposeFix({ issue: required(ask, fix.usage, 'fix INC-12') }, user(ask.userId));
    return live(planCard(view, ask.forAll), view.plan.id, ask.forAll);
  },
};
