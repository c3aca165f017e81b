import { analysisCard } from '../blocks/analysis.ts';
import { user } from '../src/domain/actor.ts';
import { following } from './following.ts';
import { required } from './required.ts';
import { type Command, publicly } from './types.ts';

export const rca: Command = {
  name: 'rca',
  aliases: ['why', 'analyse', 'analyze', '根因', '根因分析', '分析', '原因'],
  usage: '<incident, text, or resource and time>',
  async run(ask, tools) {
    const subject = required(ask, rca.usage, 'rca INC-12');
    const report = await tools.verbs.analyse(subject, user(ask.userId), following(subject, ask.forAll, tools));
    return publicly(analysisCard(report, ask.forAll), report.incident?.id ?? null);
  },
};
