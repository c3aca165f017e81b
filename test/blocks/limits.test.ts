import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LIMITS } from '../../blocks/limits/numbers.ts';
import { blocksTextLength, checkBlocks, checkMessage, checkView } from '../../blocks/limits.ts';

const plain = (text: string) => ({ type: 'plain_text', text });
const md = (text: string) => ({ type: 'mrkdwn', text });
const x = (length: number) => 'x'.repeat(length);
const url = (length: number) => `https://example.com/${x(length - 20)}`;
const button = (part: object = {}) => ({ type: 'button', text: plain('Go'), action_id: 'go', ...part });
const actions = (...elements: object[]) => ({ type: 'actions', elements });
const option = (part: object = {}) => ({ text: plain('One'), value: '1', ...part });
const select = (part: object) => actions({ type: 'static_select', action_id: 's', ...part });
const input = (part: object = {}) => ({ type: 'input', label: plain('Why'), element: { type: 'plain_text_input', action_id: 'i' }, ...part });
const image = (part: object = {}) => ({ type: 'image', alt_text: 'a', image_url: 'https://example.com/a.png', ...part });
const confirm = (part: object) =>
  actions(button({ confirm: { title: plain('Sure?'), text: plain('Really'), confirm: plain('Yes'), deny: plain('No'), ...part } }));
const many = <T>(count: number, make: (index: number) => T): T[] => Array.from({ length: count }, (_one, index) => make(index));
const cell = (text = 'c') => ({ type: 'raw_text', text });
const modal = (part: object = {}) => ({ type: 'modal', title: plain('T'), submit: plain('S'), blocks: [input()], ...part });
const home = (part: object = {}) => ({ type: 'home', blocks: [{ type: 'divider' }], ...part });

/** For each bound: what has `n` of the counted thing, and how many Slack takes. */
const BLOCKS: readonly (readonly [name: string, max: number, make: (n: number) => unknown])[] = [
  ['blocks of a message', LIMITS.messageBlocks, (n) => many(n, () => ({ type: 'divider' }))],
  ['section text', LIMITS.text, (n) => [{ type: 'section', text: md(x(n)) }]],
  ['section fields', LIMITS.sectionFields, (n) => [{ type: 'section', fields: many(n, () => md('f')) }]],
  ['field text', LIMITS.fieldText, (n) => [{ type: 'section', fields: [plain(x(n))] }]],
  ['header text', LIMITS.headerText, (n) => [{ type: 'header', text: plain(x(n)) }]],
  ['markdown text', LIMITS.markdownText, (n) => [{ type: 'markdown', text: x(n) }]],
  [
    'markdown of several blocks',
    LIMITS.markdownText,
    (n) => [
      { type: 'markdown', text: x(5000) },
      { type: 'markdown', text: x(n - 5000) },
    ],
  ],
  ['actions elements', LIMITS.actionsElements, (n) => [actions(...many(n, (i) => button({ action_id: `b${i}` })))]],
  ['context elements', LIMITS.contextElements, (n) => [{ type: 'context', elements: many(n, () => md('c')) }]],
  ['context text', LIMITS.text, (n) => [{ type: 'context', elements: [md(x(n))] }]],
  [
    'context actions elements',
    LIMITS.contextActionsElements,
    (n) => [{ type: 'context_actions', elements: many(n, (i) => ({ type: 'icon_button', icon: 'trash', text: plain('Del'), action_id: `d${i}` })) }],
  ],
  ['button text', LIMITS.buttonText, (n) => [actions(button({ text: plain(x(n)) }))]],
  ['button value', LIMITS.buttonValue, (n) => [actions(button({ value: x(n) }))]],
  ['button url', LIMITS.url, (n) => [actions(button({ url: url(n) }))]],
  ['action_id', LIMITS.id, (n) => [actions(button({ action_id: x(n) }))]],
  ['block_id', LIMITS.id, (n) => [{ type: 'divider', block_id: x(n) }]],
  ['accessibility label', LIMITS.buttonText, (n) => [actions(button({ accessibility_label: x(n) }))]],
  ['option text', LIMITS.optionText, (n) => [select({ options: [option({ text: plain(x(n)) })] })]],
  ['option value', LIMITS.optionValue, (n) => [select({ options: [option({ value: x(n) })] })]],
  ['option description', LIMITS.optionText, (n) => [select({ options: [option({ description: plain(x(n)) })] })]],
  ['select options', LIMITS.selectOptions, (n) => [select({ options: many(n, (i) => option({ value: `${i}` })) })]],
  ['option groups', LIMITS.optionGroups, (n) => [select({ option_groups: many(n, () => ({ label: plain('G'), options: [option()] })) })]],
  ['options of a group', LIMITS.selectOptions, (n) => [select({ option_groups: [{ label: plain('G'), options: many(n, (i) => option({ value: `${i}` })) }] })]],
  ['checkboxes', LIMITS.choiceOptions, (n) => [actions({ type: 'checkboxes', action_id: 'c', options: many(n, (i) => option({ value: `${i}` })) })]],
  ['radio buttons', LIMITS.choiceOptions, (n) => [actions({ type: 'radio_buttons', action_id: 'r', options: many(n, (i) => option({ value: `${i}` })) })]],
  ['overflow options', LIMITS.overflowOptions, (n) => [actions({ type: 'overflow', action_id: 'o', options: many(n, (i) => option({ value: `${i}` })) })]],
  ['placeholder', LIMITS.placeholder, (n) => [select({ placeholder: plain(x(n)), options: [option()] })]],
  ['confirm title', LIMITS.confirmTitle, (n) => [confirm({ title: plain(x(n)) })]],
  ['confirm text', LIMITS.confirmText, (n) => [confirm({ text: plain(x(n)) })]],
  ['confirm button', LIMITS.confirmButton, (n) => [confirm({ confirm: plain(x(n)) })]],
  ['deny button', LIMITS.confirmButton, (n) => [confirm({ deny: plain(x(n)) })]],
  ['image alt text', LIMITS.imageAlt, (n) => [image({ alt_text: x(n) })]],
  ['image title', LIMITS.imageTitle, (n) => [image({ title: plain(x(n)) })]],
  ['image url', LIMITS.url, (n) => [image({ image_url: url(n) })]],
  ['input label', LIMITS.inputLabel, (n) => [input({ label: plain(x(n)) })]],
  ['input hint', LIMITS.inputHint, (n) => [input({ hint: plain(x(n)) })]],
  ['table rows', LIMITS.tableRows, (n) => [{ type: 'table', rows: many(n, () => [cell()]) }]],
  ['table columns', LIMITS.tableColumns, (n) => [{ type: 'table', rows: [many(n, () => cell())] }]],
  ['table text', LIMITS.tableText, (n) => [{ type: 'table', rows: [[cell(x(n))]] }]],
  ['data table rows', LIMITS.tableRows + 1, (n) => [{ type: 'data_table', caption: 'd', rows: many(n, () => [cell()]) }]],
  ['card title', LIMITS.cardTitle, (n) => [{ type: 'card', title: md(x(n)) }]],
  ['card body', LIMITS.cardBody, (n) => [{ type: 'card', body: md(x(n)) }]],
  ['carousel cards', LIMITS.carouselCards, (n) => [{ type: 'carousel', elements: many(n, () => ({ type: 'card', title: md('t') })) }]],
  ['container blocks', LIMITS.containerBlocks, (n) => [{ type: 'container', title: plain('t'), child_blocks: many(n, () => ({ type: 'divider' })) }]],
];
const VIEWS: typeof BLOCKS = [
  ['blocks of a modal', LIMITS.viewBlocks, (n) => modal({ blocks: many(n, () => ({ type: 'divider' })) })],
  ['blocks of a Home tab', LIMITS.viewBlocks, (n) => home({ blocks: many(n, () => ({ type: 'divider' })) })],
  ['view title', LIMITS.viewTitle, (n) => modal({ title: plain(x(n)) })],
  ['view submit', LIMITS.viewButton, (n) => modal({ submit: plain(x(n)) })],
  ['view close', LIMITS.viewButton, (n) => modal({ close: plain(x(n)) })],
  ['private_metadata', LIMITS.privateMetadata, (n) => modal({ private_metadata: x(n) })],
  ['callback_id', LIMITS.id, (n) => home({ callback_id: x(n) })],
  ['alert text', LIMITS.alertText, (n) => modal({ blocks: [{ type: 'alert', text: md(x(n)) }, input()] })],
];

describe.each([
  ...BLOCKS.map(([name, max, make]) => ({ name, max, check: (n: number) => checkBlocks(make(n)) })),
  ...VIEWS.map(([name, max, make]) => ({ name, max, check: (n: number) => checkView(make(n)) })),
  { name: 'message text', max: LIMITS.messageText, check: (n: number) => checkMessage({ text: x(n) }) },
])('$name', ({ max, check }) => {
  test(`is taken up to ${max} and refused above, in words with a path`, () => {
    expect(check(max)).toEqual([]);
    expect(check(max + 1)).toEqual([expect.stringMatching(/^(blocks|view|text)[^:]*: .*\d/)]);
    fc.assert(
      fc.property(fc.integer({ min: max + 1, max: max * 2 }), (n) => check(n).length > 0),
      { numRuns: 5 },
    );
  });
});

test.each([
  ['a type that is unknown', [{ type: 'nonsense' }], 'blocks[0]: a "nonsense" does not go here, or is unknown'],
  ['no type', [{}], 'blocks[0]: has the wrong form'],
  ['no list', 'x', 'blocks: is not a list'],
  ['a section without words', [{ type: 'section' }], 'blocks[0]: needs text or fields'],
  ['an empty text', [{ type: 'section', text: md('') }], 'blocks[0].text.text: has 0 characters, at least 1 is needed'],
  ['mrkdwn in a header', [{ type: 'header', text: md('x') }], 'blocks[0].text.type'],
  ['a button without a text', [actions({ type: 'button', action_id: 'b' })], 'blocks[0].elements[0].text: is missing'],
  [
    'an input in actions',
    [actions({ type: 'plain_text_input', action_id: 'i' })],
    'blocks[0].elements[0]: a "plain_text_input" does not go here, or is unknown',
  ],
  ['a field of no block', [{ type: 'divider', color: 'red' }], 'blocks[0]: has fields Slack does not know: color'],
  ['a style of no button', [actions(button({ style: 'green' }))], 'blocks[0].elements[0].style'],
  ['a picture from nowhere', [{ type: 'image', alt_text: 'x' }], 'blocks[0]: needs either image_url or slack_file, not both'],
  ['a picture without words', [{ type: 'image', image_url: 'https://example.com/a.png' }], 'blocks[0].alt_text: is missing'],
  ['a select of nothing', [select({})], 'blocks[0].elements[0]: needs either options or option_groups, not both'],
  [
    'one block_id twice',
    [
      { type: 'divider', block_id: 'a' },
      { type: 'divider', block_id: 'a' },
    ],
    'blocks[1].block_id: "a" is used twice',
  ],
  ['one action_id twice in a block', [actions(button(), button())], 'blocks[0].elements[1].action_id: "go" is used twice in one block'],
  [
    'two tables',
    [
      { type: 'table', rows: [[cell()]] },
      { type: 'table', rows: [[cell()]] },
    ],
    'blocks: only one table block is allowed',
  ],
  ['rows of two lengths', [{ type: 'table', rows: [[cell()], [cell(), cell()]] }], 'blocks[0].rows: must have rows of one length'],
  ['an alert in a message', [{ type: 'alert', text: md('x') }], 'blocks[0]: a block of type alert works in a modal only'],
  ['an impossible time', [actions({ type: 'timepicker', action_id: 't', initial_time: '25:00' })], 'blocks[0].elements[0].initial_time: must be HH:mm'],
])('%s is refused', (_name, blocks, problem) => {
  expect(checkBlocks(blocks)).toEqual([expect.stringContaining(problem)]);
});

test('the same action_id may be used in two blocks', () => {
  expect(checkBlocks([actions(button()), actions(button())])).toEqual([]);
});

test('a table, markdown or a card has no place in a modal or Home', () => {
  for (const block of [
    { type: 'table', rows: [[cell()]] },
    { type: 'markdown', text: 'x' },
    { type: 'card', title: md('t') },
  ]) {
    expect(checkView(home({ blocks: [block] }))).toEqual([`view.blocks[0]: a block of type ${block.type} works in a message only`]);
    expect(checkBlocks([block])).toEqual([]);
  }
});

test('a modal with fields needs a button to submit, and a view a type', () => {
  expect(checkView(modal({ submit: undefined }))).toEqual(['view.submit: is needed in a modal with input blocks']);
  expect(checkView({ blocks: [] })).not.toEqual([]);
  expect(checkView(null)).not.toEqual([]);
});

test('a message needs a text for notifications, and its blocks together stay under the sum Slack takes', () => {
  expect(checkMessage({ blocks: [{ type: 'divider' }] })).toEqual(['text: is missing']);
  const blocks = many(5, () => ({ type: 'section', text: md(x(2700)) }));
  expect(blocksTextLength(blocks)).toBe(13_500);
  expect(checkMessage({ text: 'x', blocks })).toEqual(['blocks: have 13500 characters together, at most 13200 are allowed']);
});

test('whatever the input, the check answers and never throws', () => {
  const anyBlock = fc.record({
    type: fc.constantFrom('section', 'actions', 'context', 'input', 'image', 'table', 'rich_text', 'x'),
    text: fc.anything(),
    elements: fc.anything(),
    element: fc.anything(),
    rows: fc.anything(),
  });
  fc.assert(
    fc.property(fc.oneof(fc.anything(), fc.array(anyBlock, { maxLength: 5 })), (value) => {
      for (const problem of [...checkBlocks(value), ...checkView(value), ...checkMessage({ text: value, blocks: value })]) expect(problem).toMatch(/^\S+: ./);
    }),
    { numRuns: 200 },
  );
});
