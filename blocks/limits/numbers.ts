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
export const ONLY_ON: Readonly<Record<string, readonly Surface[]>> = {
  alert: ['modal'],
  ...Object.fromEntries(['card', 'carousel', 'context_actions', 'data_table', 'markdown', 'plan', 'table', 'task_card'].map((type) => [type, ['message']])),
};
