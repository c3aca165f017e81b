import { patternModal } from '../../blocks/modals.ts';
import type { Button } from '../types.ts';

export const savePatternButton: Button = {
  verbs: ['save_pattern'],
  async press(click, { verbs }) {
    const draft = await verbs.draftPattern(click.subject);
    return { modal: patternModal(draft, await verbs.duplicates(draft), click.subject, click.forMe) };
  },
};
