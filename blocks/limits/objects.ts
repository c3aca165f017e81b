import { z } from 'zod';
import { LIMITS } from './numbers.ts';

// Compositions and small parts that blocks and elements share.

export const str = (max: number) => z.string().min(1).max(max);
export const plain = (max: number) => z.strictObject({ type: z.literal('plain_text'), text: str(max), emoji: z.boolean().optional() });
export const mrkdwn = (max: number) => z.strictObject({ type: z.literal('mrkdwn'), text: str(max), verbatim: z.boolean().optional() });
export const text = (max: number) => z.discriminatedUnion('type', [plain(max), mrkdwn(max)]);
export const url = z.url().max(LIMITS.url);
const id = str(LIMITS.id);
export const blockId = { block_id: id.optional() };
export const colour = z.enum(['primary', 'danger']).optional();

const confirm = z
  .strictObject({
    title: plain(LIMITS.confirmTitle).optional(),
    text: text(LIMITS.confirmText),
    confirm: plain(LIMITS.confirmButton).optional(),
    deny: plain(LIMITS.confirmButton).optional(),
    style: colour,
  })
  .optional();
const placeholder = plain(LIMITS.placeholder).optional();
export const acting = { action_id: id.optional() };
export const pressed = { ...acting, confirm };
export const picked = { ...pressed, focus_on_load: z.boolean().optional() };
export const menu = { ...picked, placeholder };
export const typed = {
  ...acting,
  placeholder,
  focus_on_load: z.boolean().optional(),
  dispatch_action_config: z.strictObject({ trigger_actions_on: z.array(z.enum(['on_enter_pressed', 'on_character_entered'])).min(1) }).optional(),
};

export const optionFields = { value: str(LIMITS.optionValue), description: text(LIMITS.optionText).optional() };
export const option = z.strictObject({ text: text(LIMITS.optionText), ...optionFields });
export const menuOption = z.strictObject({ text: plain(LIMITS.optionText), ...optionFields });
export const menuOptions = z.array(menuOption).min(1).max(LIMITS.selectOptions);
const optionGroups = z
  .array(z.strictObject({ label: plain(LIMITS.optionText), options: menuOptions }))
  .min(1)
  .max(LIMITS.optionGroups);
export const source = { options: menuOptions.optional(), option_groups: optionGroups.optional() };
export const hasOptions = (menu: { options?: unknown; option_groups?: unknown }): boolean =>
  (menu.options === undefined) !== (menu.option_groups === undefined);
export const EITHER_OPTIONS = { error: 'needs either options or option_groups, not both' };
export const many = { max_selected_items: z.int().min(1).optional() };
export const conversations = {
  default_to_current_conversation: z.boolean().optional(),
  filter: z
    .strictObject({
      include: z.array(z.enum(['im', 'mpim', 'private', 'public'])).optional(),
      exclude_external_shared_channels: z.boolean().optional(),
      exclude_bot_users: z.boolean().optional(),
    })
    .optional(),
};
export const respondable = { response_url_enabled: z.boolean().optional() };

const slackFile = z.union([z.strictObject({ id: str(LIMITS.id) }), z.strictObject({ url })]);
export const picture = { alt_text: str(LIMITS.imageAlt), image_url: url.optional(), slack_file: slackFile.optional() };
export const hasPicture = (image: { image_url?: unknown; slack_file?: unknown }): boolean =>
  (image.image_url === undefined) !== (image.slack_file === undefined);
export const EITHER_PICTURE = { error: 'needs either image_url or slack_file, not both' };
export const image = z.strictObject({ type: z.literal('image'), ...picture }).refine(hasPicture, EITHER_PICTURE);

export const label = { accessibility_label: str(LIMITS.buttonText).optional() };
export const button = z.strictObject({
  type: z.literal('button'),
  text: plain(LIMITS.buttonText),
  value: z.string().max(LIMITS.buttonValue).optional(),
  url: url.optional(),
  style: colour,
  ...label,
  ...pressed,
});
export const feedback = z.strictObject({ text: plain(LIMITS.buttonText), value: str(LIMITS.buttonValue), ...label });
export const ids = z.array(z.string()).optional();
export const elements = <T extends z.ZodType>(element: T, max: number) => z.array(element).min(1).max(max);
