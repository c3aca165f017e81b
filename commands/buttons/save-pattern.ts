import { patternModal } from '../../blocks/modals.ts';
import type { Button } from '../types.ts';

export const savePatternButton: Button = {
  verbs: ['save_pattern'],
  async press(click, { verbs }) {
    return { modal: patternModal(await verbs.draftPattern(click.subject), click.subject, click.forMe) };
  },
};
