import { weekCard } from '../blocks/week.ts';
import { type Command, publicly } from './types.ts';

export const week: Command = {
  name: 'week',
  aliases: ['digest', 'report', '周报', '本周', '摘要'],
  usage: '',
  async run(ask, { verbs }) {
    const view = await verbs.week();
    return { ...publicly(weekCard(view, ask.forAll)), picture: { kind: 'trend', locale: ask.forAll.locale, days: view.days } };
  },
};
