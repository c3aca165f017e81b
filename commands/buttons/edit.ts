import { paramsModal } from '../../blocks/modals.ts';
import type { Button } from '../types.ts';

export const editButton: Button = {
  verbs: ['edit'],
  async press(click, { verbs }) {
    return { modal: paramsModal((await verbs.plan(click.subject)).plan, click.forMe) };
  },
};
