import { rejectModal } from '../../blocks/modals.ts';
import type { Button } from '../types.ts';

/** A no needs a reason: the window asks for it. */
export const rejectButton: Button = {
  verbs: ['reject'],
  async press(click, { verbs }) {
    const { plan } = await verbs.plan(click.subject);
    return { modal: rejectModal(plan.id, click.forMe) };
  },
};
