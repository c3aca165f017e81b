import { OpsError } from '../../src/domain/errors.ts';
import type { Button } from '../types.ts';
import { sentence, words } from '../words.ts';

export const runbookButton: Button = {
  verbs: ['runbook'],
  async press(click, { verbs }) {
    const { incident } = await verbs.incident(click.subject);
    const say = words(click.forMe.locale);
    if (incident.runbookSlug === null) throw new OpsError('not_found', say.noRunbook(incident.id), say.noRunbookHint(incident.id));
    return { runbookOf: incident.id, slug: incident.runbookSlug, card: sentence(say.runbookComes) };
  },
};
