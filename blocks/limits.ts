import { z } from 'zod';

/**
 * Slack's limits, counted in UTF-16 units (never less than Slack counts) or in items.
 * Source: docs.slack.dev/reference/block-kit and the notes in @slack/types 3.2.
 */
export const LIMITS = {
  messageText: 40_000,
  messageBlocks: 50,
  messageBlocksText: 13_200, // all texts of a message's blocks together; over it: msg_blocks_too_long
  viewBlocks: 100,
  viewTitle: 24,
  viewButton: 24,
  privateMetadata: 3000,
  id: 255, // action_id, block_id, callback_id, external_id
  text: 3000,
  sectionFields: 10,
  fieldText: 2000,
  headerText: 150,
  markdownText: 12_000, // of all markdown blocks of a message together
  alertText: 200,
  actionsElements: 25,
  contextElements: 10,
  contextActionsElements: 5,
  buttonText: 75,
  buttonValue: 2000,
  url: 3000,
  optionText: 75,
  optionValue: 150,
  selectOptions: 100,
  optionGroups: 100,
  choiceOptions: 10, // checkboxes and radio buttons
  overflowOptions: 5,
  confirmTitle: 100,
  confirmText: 300,
  confirmButton: 30,
  imageAlt: 2000,
  imageTitle: 2000,
  inputLabel: 2000,
  inputHint: 2000,
  inputLength: 3000,
  placeholder: 150,
  tableRows: 100,
  tableColumns: 20,
  tableText: 10_000, // all cells of a message together
  cardTitle: 150,
  cardBody: 200,
  carouselCards: 10,
  containerBlocks: 10,
} as const;

export type Surface = 'message' | 'modal' | 'home';
/** Blocks that Slack shows on some surfaces only; all others go everywhere. */
const ONLY_ON: Readonly<Record<string, readonly Surface[]>> = {
  alert: ['modal'],
  ...Object.fromEntries(['card', 'carousel', 'context_actions', 'data_table', 'markdown', 'plan', 'table', 'task_card'].map((type) => [type, ['message']])),
};

const str = (max: number) => z.string().min(1).max(max);
const plain = (max: number) => z.strictObject({ type: z.literal('plain_text'), text: str(max), emoji: z.boolean().optional() });
const mrkdwn = (max: number) => z.strictObject({ type: z.literal('mrkdwn'), text: str(max), verbatim: z.boolean().optional() });
const text = (max: number) => z.discriminatedUnion('type', [plain(max), mrkdwn(max)]);
const url = z.url().max(LIMITS.url);
const id = str(LIMITS.id);
const blockId = { block_id: id.optional() };
const colour = z.enum(['primary', 'danger']).optional();

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
const acting = { action_id: id.optional() };
const pressed = { ...acting, confirm };
const picked = { ...pressed, focus_on_load: z.boolean().optional() };
const menu = { ...picked, placeholder };
const typed = {
  ...acting,
  placeholder,
  focus_on_load: z.boolean().optional(),
  dispatch_action_config: z.strictObject({ trigger_actions_on: z.array(z.enum(['on_enter_pressed', 'on_character_entered'])).min(1) }).optional(),
};

const optionFields = { value: str(LIMITS.optionValue), description: text(LIMITS.optionText).optional() };
const option = z.strictObject({ text: text(LIMITS.optionText), ...optionFields });
const menuOption = z.strictObject({ text: plain(LIMITS.optionText), ...optionFields });
const menuOptions = z.array(menuOption).min(1).max(LIMITS.selectOptions);
const optionGroups = z
  .array(z.strictObject({ label: plain(LIMITS.optionText), options: menuOptions }))
  .min(1)
  .max(LIMITS.optionGroups);
const source = { options: menuOptions.optional(), option_groups: optionGroups.optional() };
const hasOptions = (menu: { options?: unknown; option_groups?: unknown }): boolean => (menu.options === undefined) !== (menu.option_groups === undefined);
const EITHER_OPTIONS = { error: 'needs either options or option_groups, not both' };
const many = { max_selected_items: z.int().min(1).optional() };
const conversations = {
  default_to_current_conversation: z.boolean().optional(),
  filter: z
    .strictObject({
      include: z.array(z.enum(['im', 'mpim', 'private', 'public'])).optional(),
      exclude_external_shared_channels: z.boolean().optional(),
      exclude_bot_users: z.boolean().optional(),
    })
    .optional(),
};
const respondable = { response_url_enabled: z.boolean().optional() };

const slackFile = z.union([z.strictObject({ id: str(LIMITS.id) }), z.strictObject({ url })]);
const picture = { alt_text: str(LIMITS.imageAlt), image_url: url.optional(), slack_file: slackFile.optional() };
const hasPicture = (image: { image_url?: unknown; slack_file?: unknown }): boolean => (image.image_url === undefined) !== (image.slack_file === undefined);
const EITHER_PICTURE = { error: 'needs either image_url or slack_file, not both' };
const image = z.strictObject({ type: z.literal('image'), ...picture }).refine(hasPicture, EITHER_PICTURE);

const label = { accessibility_label: str(LIMITS.buttonText).optional() };
const button = z.strictObject({
  type: z.literal('button'),
  text: plain(LIMITS.buttonText),
  value: z.string().max(LIMITS.buttonValue).optional(),
  url: url.optional(),
  style: colour,
  ...label,
  ...pressed,
});
const feedback = z.strictObject({ text: plain(LIMITS.buttonText), value: str(LIMITS.buttonValue), ...label });

// Rich text is checked for its shape one level deep; its leaves are checked for a type and, where they have one, a text.
const richLeaf = z.looseObject({ type: str(40), text: z.string().optional() });
const richSection = z.strictObject({ type: z.literal('rich_text_section'), elements: z.array(richLeaf) });
const border = { border: z.literal([0, 1]).optional() };
const richText = z.strictObject({
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

const choices = z.array(option).min(1).max(LIMITS.choiceOptions);
const ids = z.array(z.string()).optional();
const controls = [
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
const overflow = z.strictObject({
  type: z.literal('overflow'),
  options: z
    .array(z.strictObject({ text: plain(LIMITS.optionText), ...optionFields, url: url.optional() }))
    .min(1)
    .max(LIMITS.overflowOptions),
  ...pressed,
});
const workflowButton = z.strictObject({
  type: z.literal('workflow_button'),
  text: plain(LIMITS.buttonText),
  workflow: z.looseObject({ trigger: z.looseObject({ url }) }),
  style: colour,
  ...label,
  ...pressed,
});
const lines = z.int().min(1).max(100).optional();
const richInput = z.strictObject({ type: z.literal('rich_text_input'), initial_value: richText.optional(), min_lines: lines, max_lines: lines, ...typed });
const [, ...choosers] = controls;
const inputs = [
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

const elements = <T extends z.ZodType>(element: T, max: number) => z.array(element).min(1).max(max);
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
const block = z.discriminatedUnion('type', [
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

const viewBlocks = z.array(z.unknown()).min(1).max(LIMITS.viewBlocks);
const viewFields = {
  private_metadata: z.string().max(LIMITS.privateMetadata).optional(),
  callback_id: z.string().max(LIMITS.id).optional(),
  external_id: z.string().max(LIMITS.id).optional(),
};
const view = z.discriminatedUnion('type', [
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

type Issue = z.core.$ZodIssue;
type Shape = Readonly<Record<string, unknown>>;
const shapeOf = (value: unknown): Shape => (typeof value === 'object' && value !== null ? (value as Shape) : {});

function at(root: string, path: readonly PropertyKey[]): string {
  return path.reduce<string>((whole, step) => (typeof step === 'number' ? `${whole}[${step}]` : `${whole}.${String(step)}`), root);
}

function wrongType(input: unknown): string | null {
  const { type } = shapeOf(input);
  return typeof type === 'string' ? `a ${JSON.stringify(type)} does not go here, or is unknown` : null;
}

/** One issue in words: "is 3001 characters long, 3000 are allowed". */
function words(issue: Issue): string {
  const unit = 'origin' in issue && issue.origin === 'array' ? 'items' : 'characters';
  const size = typeof issue.input === 'string' || Array.isArray(issue.input) ? issue.input.length : undefined;
  if (issue.code === 'too_big' && size !== undefined) return `has ${size} ${unit}, at most ${issue.maximum} are allowed`;
  if (issue.code === 'too_small' && size !== undefined) return `has ${size} ${unit}, at least ${issue.minimum} is needed`;
  if (issue.code === 'unrecognized_keys') return `has fields Slack does not know: ${issue.keys.join(', ')}`;
  if (issue.code === 'invalid_union') return wrongType(issue.input) ?? 'has the wrong form';
  if (issue.code === 'invalid_type' && issue.input === undefined) return 'is missing';
  return issue.message;
}

function problemsOf(schema: z.ZodType, value: unknown, root: string): string[] {
  const parsed = schema.safeParse(value, { reportInput: true });
  if (parsed.success) return [];
  // A wrong type is reported by zod at the `type` field; the thing that has it is what people look for.
  return parsed.error.issues.map((issue) => {
    const path = issue.code === 'invalid_union' && issue.path.at(-1) === 'type' ? issue.path.slice(0, -1) : issue.path;
    return `${at(root, path)}: ${words(issue)}`;
  });
}

/** Every object inside a value, with its path; at most 20 deep. */
function* objectsIn(value: unknown, path: string, depth = 0): Generator<{ readonly object: Shape; readonly path: string }> {
  if (depth > 20 || typeof value !== 'object' || value === null) return;
  if (!Array.isArray(value)) yield { object: value as Shape, path };
  for (const [key, inner] of Object.entries(value)) yield* objectsIn(inner, Array.isArray(value) ? `${path}[${key}]` : `${path}.${key}`, depth + 1);
}

function duplicates(blocks: readonly unknown[], root: string): string[] {
  const problems: string[] = [];
  const blockIds = new Set<string>();
  blocks.forEach((one, index) => {
    const actionIds = new Set<string>();
    let focused = 0;
    for (const { object, path } of objectsIn(one, `${root}[${index}]`)) {
      const blockId = object['block_id'];
      const actionId = object['action_id'];
      if (typeof blockId === 'string' && blockIds.size === blockIds.add(blockId).size)
        problems.push(`${path}.block_id: ${JSON.stringify(blockId)} is used twice`);
      if (typeof actionId === 'string' && actionIds.size === actionIds.add(actionId).size)
        problems.push(`${path}.action_id: ${JSON.stringify(actionId)} is used twice in one block`);
      if (object['focus_on_load'] === true) focused += 1;
    }
    if (focused > 1) problems.push(`${root}[${index}]: only one element may have focus_on_load`);
  });
  return problems;
}

const typeOf = (one: unknown): string => String(shapeOf(one)['type']);

/** The characters of all texts shown by blocks: what `msg_blocks_too_long` counts. */
export function blocksTextLength(blocks: readonly unknown[]): number {
  let length = 0;
  for (const { object } of objectsIn(blocks, '')) {
    for (const key of ['text', 'title', 'caption', 'alt_text']) length += typeof object[key] === 'string' ? object[key].length : 0;
  }
  return length;
}

function togetherProblems(blocks: readonly unknown[], root: string): string[] {
  const problems: string[] = [];
  const texts = blocks.filter((one) => typeOf(one) === 'markdown');
  const markdown = texts.length > 1 ? blocksTextLength(texts) : 0; // one alone is checked by itself
  const tables = blocks.filter((one) => typeOf(one) === 'table' || typeOf(one) === 'data_table');
  if (markdown > LIMITS.markdownText)
    problems.push(`${root}: the markdown blocks have ${markdown} characters together, at most ${LIMITS.markdownText} are allowed`);
  const cells = blocksTextLength(tables);
  if (cells > LIMITS.tableText) problems.push(`${root}: the tables have ${cells} characters together, at most ${LIMITS.tableText} are allowed`);
  if (blocks.filter((one) => typeOf(one) === 'table').length > 1) problems.push(`${root}: only one table block is allowed`);
  return problems;
}

/** Problems in words, each with its path (`blocks[0].text.text: …`); empty when Slack would take the blocks. */
export function checkBlocks(blocks: unknown, surface: Surface = 'message', root = 'blocks'): string[] {
  if (!Array.isArray(blocks)) return [`${root}: is not a list`];
  const max = surface === 'message' ? LIMITS.messageBlocks : LIMITS.viewBlocks;
  const problems = blocks.length > max ? [`${root}: has ${blocks.length} items, at most ${max} are allowed`] : [];
  blocks.forEach((one, index) => {
    const path = `${root}[${index}]`;
    problems.push(...problemsOf(block, one, path));
    const only = ONLY_ON[typeOf(one)];
    if (only !== undefined && !only.includes(surface)) problems.push(`${path}: a block of type ${typeOf(one)} works in a ${only.join(' or ')} only`);
  });
  return [...problems, ...duplicates(blocks, root), ...togetherProblems(blocks, root)];
}

/** The same for a modal or a Home tab, as given to views.open, views.update, views.push or views.publish. */
export function checkView(value: unknown): string[] {
  const problems = problemsOf(view, value, 'view');
  const { type, blocks, submit } = shapeOf(value);
  if (!Array.isArray(blocks)) return problems;
  problems.push(...checkBlocks(blocks.slice(0, LIMITS.viewBlocks), type === 'home' ? 'home' : 'modal', 'view.blocks'));
  if (type === 'modal' && submit === undefined && blocks.some((one) => typeOf(one) === 'input'))
    problems.push('view.submit: is needed in a modal with input blocks');
  return problems;
}

/** The same for a whole message. A message of blocks needs a `text` too: notifications and screen readers use it. */
export function checkMessage(message: { readonly text?: unknown; readonly blocks?: unknown }): string[] {
  const problems = problemsOf(str(LIMITS.messageText), message.text, 'text');
  if (message.blocks === undefined) return problems;
  problems.push(...checkBlocks(message.blocks));
  const length = Array.isArray(message.blocks) ? blocksTextLength(message.blocks) : 0;
  if (length > LIMITS.messageBlocksText) problems.push(`blocks: have ${length} characters together, at most ${LIMITS.messageBlocksText} are allowed`);
  return problems;
}
