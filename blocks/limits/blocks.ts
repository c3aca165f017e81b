import { z } from 'zod';
import { controls, inputs, overflow, richInput, workflowButton } from './elements.ts';
import { LIMITS } from './numbers.ts';
import {
  acting,
  blockId,
  button,
  EITHER_PICTURE,
  elements,
  feedback,
  hasPicture,
  ids,
  image,
  label,
  mrkdwn,
  picture,
  plain,
  pressed,
  str,
  text,
  url,
} from './objects.ts';
import { richText } from './rich-text.ts';

// Every block Slack takes, with its limits.

const raw = [
  z.strictObject({ type: z.literal('raw_text'), text: z.string().min(1) }),
  z.strictObject({ type: z.literal('raw_number'), value: z.number(), text: z.string().min(1) }),
] as const;
const row = z
  .array(z.discriminatedUnion('type', [...raw, richText]))
  .min(1)
  .max(LIMITS.tableColumns);
const sameWidth = (rows: readonly (readonly unknown[])[]): boolean => rows.every((cells) => cells.length === rows[0]?.length);
const columnSettings = z.array(z.strictObject({ align: z.enum(['left', 'center', 'right']).optional(), is_wrapped: z.boolean().optional() }).nullable());
const card = z
  .strictObject({
    type: z.literal('card'),
    ...blockId,
    hero_image: image.optional(),
    icon: image.optional(),
    title: text(LIMITS.cardTitle).optional(),
    subtitle: text(LIMITS.cardTitle).optional(),
    body: text(LIMITS.cardBody).optional(),
    actions: z.array(button).optional(),
  })
  .refine((c) => c.hero_image ?? c.title ?? c.actions ?? c.body, { error: 'needs a hero_image, a title, a body or actions' });
const task = z.strictObject({
  type: z.literal('task_card'),
  ...blockId,
  task_id: str(LIMITS.id),
  title: str(LIMITS.text),
  details: richText.optional(),
  output: richText.optional(),
  sources: z.array(z.strictObject({ type: z.literal('url'), url, text: z.string() })).optional(),
  status: z.enum(['pending', 'in_progress', 'complete', 'error']),
});

const plainBlocks = [
  z
    .strictObject({
      type: z.literal('section'),
      ...blockId,
      text: text(LIMITS.text).optional(),
      fields: elements(text(LIMITS.fieldText), LIMITS.sectionFields).optional(),
      accessory: z.discriminatedUnion('type', [...controls, overflow, workflowButton, image]).optional(),
      expand: z.boolean().optional(),
    })
    .refine((section) => section.text ?? section.fields, { error: 'needs text or fields' }),
  z.strictObject({ type: z.literal('header'), ...blockId, text: plain(LIMITS.headerText), level: z.int().min(1).max(4).optional() }),
  z.strictObject({ type: z.literal('divider'), ...blockId }),
  z.strictObject({ type: z.literal('image'), ...blockId, ...picture, title: plain(LIMITS.imageTitle).optional() }).refine(hasPicture, EITHER_PICTURE),
  z.strictObject({
    type: z.literal('context'),
    ...blockId,
    elements: elements(z.discriminatedUnion('type', [image, plain(LIMITS.text), mrkdwn(LIMITS.text)]), LIMITS.contextElements),
  }),
  z.strictObject({
    type: z.literal('actions'),
    ...blockId,
    elements: elements(z.discriminatedUnion('type', [...controls, overflow, workflowButton, richInput]), LIMITS.actionsElements),
  }),
  z.strictObject({
    type: z.literal('input'),
    ...blockId,
    label: plain(LIMITS.inputLabel),
    hint: plain(LIMITS.inputHint).optional(),
    optional: z.boolean().optional(),
    dispatch_action: z.boolean().optional(),
    element: z.discriminatedUnion('type', inputs),
  }),
  richText,
  z.strictObject({
    type: z.literal('table'),
    ...blockId,
    rows: z.array(row).min(1).max(LIMITS.tableRows).refine(sameWidth, { error: 'must have rows of one length' }),
    column_settings: columnSettings.max(LIMITS.tableColumns).optional(),
  }),
  z.strictObject({
    type: z.literal('video'),
    ...blockId,
    video_url: url,
    thumbnail_url: url,
    alt_text: str(LIMITS.imageAlt),
    title: plain(200),
    title_url: url.optional(),
    author_name: z.string().max(50).optional(),
    provider_name: z.string().optional(),
    provider_icon_url: url.optional(),
    description: plain(200).optional(),
  }),
] as const;
export const block = z.discriminatedUnion('type', [
  ...plainBlocks,
  z.strictObject({ type: z.literal('markdown'), ...blockId, text: str(LIMITS.markdownText) }),
  z.strictObject({
    type: z.literal('alert'),
    ...blockId,
    text: text(LIMITS.alertText),
    level: z.enum(['default', 'info', 'warning', 'error', 'success']).optional(),
  }),
  z.strictObject({
    type: z.literal('context_actions'),
    ...blockId,
    elements: elements(
      z.discriminatedUnion('type', [
        z.strictObject({ type: z.literal('feedback_buttons'), ...acting, positive_button: feedback, negative_button: feedback }),
        z.strictObject({
          type: z.literal('icon_button'),
          icon: str(LIMITS.id),
          text: plain(LIMITS.buttonText),
          value: str(LIMITS.buttonValue).optional(),
          visible_to_user_ids: ids,
          ...label,
          ...pressed,
        }),
      ]),
      LIMITS.contextActionsElements,
    ),
  }),
  card,
  z.strictObject({ type: z.literal('carousel'), ...blockId, elements: elements(card, LIMITS.carouselCards) }),
  z
    .strictObject({
      type: z.literal('container'),
      ...blockId,
      title: plain(LIMITS.cardTitle).optional(),
      rich_text_title: richText.optional(),
      subtitle: text(LIMITS.cardTitle).optional(),
      child_blocks: elements(z.discriminatedUnion('type', plainBlocks), LIMITS.containerBlocks),
      width: z.enum(['narrow', 'standard', 'wide', 'full']).optional(),
      icon: image.optional(),
      is_collapsible: z.boolean().optional(),
      default_collapsed: z.boolean().optional(),
      has_header_divider: z.boolean().optional(),
    })
    .refine((container) => container.title ?? container.rich_text_title, { error: 'needs a title or a rich_text_title' }),
  z.strictObject({
    type: z.literal('data_table'),
    ...blockId,
    rows: z
      .array(row)
      .min(2)
      .max(LIMITS.tableRows + 1)
      .refine(sameWidth, { error: 'must have rows of one length' }),
    caption: str(LIMITS.text),
    page_size: z.int().min(1).max(100).optional(),
    row_header_column_index: z.int().min(0).max(19).optional(),
  }),
  z.strictObject({ type: z.literal('plan'), ...blockId, title: str(LIMITS.text), tasks: z.array(task).max(50).optional() }),
  task,
]);
