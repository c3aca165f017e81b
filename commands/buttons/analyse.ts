import { analysisCard } from '../../blocks/analysis.ts';
import { user } from '../../src/domain/actor.ts';
import { following } from '../following.ts';
import { type Button, publicly } from '../types.ts';

export const analyseButton: Button = {
  verbs: ['analyse'],
  async press(click, tools) {
    const report = await tools.verbs.analyse(click.subject, user(click.userId), following(click.subject, click.forAll, tools));
    return publicly(analysisCard(report, click.forAll), report.incident?.id ?? null);
  },
};
