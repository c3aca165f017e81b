import { z } from 'zod';
import { LIMITS } from './numbers.ts';
import {
  acting,
  button,
  colour,
  conversations,
  EITHER_OPTIONS,
  hasOptions,
  ids,
  label,
  many,
  menu,
  menuOption,
  menuOptions,
  option,
  optionFields,
  picked,
  plain,
  pressed,
  respondable,
  source,
  typed,
  url,
} from './objects.ts';
import { richText } from './rich-text.ts';

// What can be pressed, chosen or filled in.

const choices = z.array(option).min(1).max(LIMITS.choiceOptions);
export const controls = [
  button,
  z.strictObject({ type: z.literal('checkboxes'), options: choices, initial_options: choices.optional(), ...picked }),
  z.strictObject({ type: z.literal('radio_buttons'), options: choices, initial_option: option.optional(), ...picked }),
  z.strictObject({ type: z.literal('datepicker'), initial_date: z.iso.date().optional(), ...menu }),
  z.strictObject({ type: z.literal('datetimepicker'), initial_date_time: z.int().min(1_000_000_000).max(9_999_999_999).optional(), ...picked }),
  z.strictObject({
    type: z.literal('timepicker'),
    initial_time: z
      .string()
      .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be HH:mm')
      .optional(),
    timezone: z.string().optional(),
    ...menu,
  }),
  z.strictObject({ type: z.literal('static_select'), initial_option: menuOption.optional(), ...source, ...menu }).refine(hasOptions, EITHER_OPTIONS),
  z
    .strictObject({ type: z.literal('multi_static_select'), initial_options: menuOptions.optional(), ...source, ...many, ...menu })
    .refine(hasOptions, EITHER_OPTIONS),
  z.strictObject({ type: z.literal('external_select'), initial_option: menuOption.optional(), min_query_length: z.int().min(0).optional(), ...menu }),
  z.strictObject({
    type: z.literal('multi_external_select'),
    initial_options: menuOptions.optional(),
    min_query_length: z.int().min(0).optional(),
    ...many,
    ...menu,
  }),
  z.strictObject({ type: z.literal('users_select'), initial_user: z.string().optional(), ...menu }),
  z.strictObject({ type: z.literal('multi_users_select'), initial_users: ids, ...many, ...menu }),
  z.strictObject({ type: z.literal('channels_select'), initial_channel: z.string().optional(), ...respondable, ...menu }),
  z.strictObject({ type: z.literal('multi_channels_select'), initial_channels: ids, ...many, ...menu }),
  z.strictObject({ type: z.literal('conversations_select'), initial_conversation: z.string().optional(), ...conversations, ...respondable, ...menu }),
  z.strictObject({ type: z.literal('multi_conversations_select'), initial_conversations: ids, ...conversations, ...many, ...menu }),
] as const;
export const overflow = z.strictObject({
  type: z.literal('overflow'),
  options: z
    .array(z.strictObject({ text: plain(LIMITS.optionText), ...optionFields, url: url.optional() }))
    .min(1)
    .max(LIMITS.overflowOptions),
  ...pressed,
});
export const workflowButton = z.strictObject({
  type: z.literal('workflow_button'),
  text: plain(LIMITS.buttonText),
  workflow: z.looseObject({ trigger: z.looseObject({ url }) }),
  style: colour,
  ...label,
  ...pressed,
});
const lines = z.int().min(1).max(100).optional();
export const richInput = z.strictObject({
  type: z.literal('rich_text_input'),
  initial_value: richText.optional(),
  min_lines: lines,
  max_lines: lines,
  ...typed,
});
const [, ...choosers] = controls;
export const inputs = [
  ...choosers,
  richInput,
  z
    .strictObject({
      type: z.literal('plain_text_input'),
      initial_value: z.string().max(LIMITS.inputLength).optional(),
      multiline: z.boolean().optional(),
      min_length: z.int().min(0).max(LIMITS.inputLength).optional(),
      max_length: z.int().min(1).max(LIMITS.inputLength).optional(),
      ...typed,
    })
    .refine((input) => (input.min_length ?? 0) <= (input.max_length ?? LIMITS.inputLength), { error: 'min_length is over max_length' }),
  z.strictObject({
    type: z.literal('number_input'),
    is_decimal_allowed: z.boolean(),
    initial_value: z.string().optional(),
    min_value: z.string().optional(),
    max_value: z.string().optional(),
    ...typed,
  }),
  z.strictObject({ type: z.literal('email_text_input'), initial_value: z.string().optional(), ...typed }),
  z.strictObject({ type: z.literal('url_text_input'), initial_value: z.string().optional(), ...typed }),
  z.strictObject({ type: z.literal('file_input'), filetypes: ids, max_files: z.int().min(1).max(10).optional(), ...acting }),
] as const;
