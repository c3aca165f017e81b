import { z } from 'zod';
import { blockId, str } from './objects.ts';

// Rich text is checked for its shape one level deep; its leaves are checked for a type and, where they have one, a text.
const richLeaf = z.looseObject({ type: str(40), text: z.string().optional() });
const richSection = z.strictObject({ type: z.literal('rich_text_section'), elements: z.array(richLeaf) });
const border = { border: z.literal([0, 1]).optional() };
export const richText = z.strictObject({
  type: z.literal('rich_text'),
  ...blockId,
  elements: z.array(
    z.discriminatedUnion('type', [
      richSection,
      z.strictObject({
        type: z.literal('rich_text_list'),
        style: z.enum(['bullet', 'ordered']),
        elements: z.array(richSection),
        indent: z.int().min(0).max(8).optional(),
        offset: z.int().min(0).optional(),
        ...border,
      }),
      z.strictObject({ type: z.literal('rich_text_quote'), elements: z.array(richLeaf), ...border }),
      z.strictObject({ type: z.literal('rich_text_preformatted'), elements: z.array(richLeaf), language: z.string().optional(), ...border }),
    ]),
  ),
});
