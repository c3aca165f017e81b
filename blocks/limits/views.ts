import { z } from 'zod';
import { LIMITS } from './numbers.ts';
import { plain } from './objects.ts';

// Modals and the Home tab around their blocks.

const viewBlocks = z.array(z.unknown()).min(1).max(LIMITS.viewBlocks);
const viewFields = {
  private_metadata: z.string().max(LIMITS.privateMetadata).optional(),
  callback_id: z.string().max(LIMITS.id).optional(),
  external_id: z.string().max(LIMITS.id).optional(),
};
export const view = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('home'), blocks: viewBlocks, ...viewFields }),
  z.strictObject({
    type: z.literal('modal'),
    blocks: viewBlocks,
    ...viewFields,
    title: plain(LIMITS.viewTitle),
    submit: plain(LIMITS.viewButton).optional(),
    close: plain(LIMITS.viewButton).optional(),
    clear_on_close: z.boolean().optional(),
    notify_on_close: z.boolean().optional(),
    submit_disabled: z.boolean().optional(),
  }),
]);
