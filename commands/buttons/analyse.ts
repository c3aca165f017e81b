import { analysisCard } from '../../blocks/analysis.ts';
import { user } from '../../src/domain/actor.ts';
import { type Button, publicly } from '../types.ts';

export const analyseButton: Button = {
  verbs: ['analyse'],
  async press(click, { verbs }) {
    const report = await verbs.analyse(click.subject, user(click.userId));
    return publicly(analysisCard(report, click.forAll), report.incident?.id ?? null);
  },
};
