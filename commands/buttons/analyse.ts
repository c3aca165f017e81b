import { analysisCard } from '../../blocks/analysis.ts';
import { user } from '../../src/domain/actor.ts';
import { following } from '../following.ts';
import { type Button, publicly } from '../types.ts';

export const analyseButton: Button = {
  verbs: ['analyse'],
  async press(click, { verbs, progress }) {
    const report = await verbs.analyse(click.subject, user(click.userId), following(click.subject, click.forAll, progress));
    return publicly(analysisCard(report, click.forAll), report.incident?.id ?? null);
  },
};
