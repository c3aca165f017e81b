import type { FieldValue, Json } from '../types.ts';

/** One interactive element of a message or a view, with the block it is in. */
export interface Placed {
  readonly element: Json;
  readonly blockId: string;
}

const asList = (value: unknown): Json[] => (Array.isArray(value) ? (value as Json[]) : value === undefined ? [] : [value as Json]);

/** Every element that can be pressed or filled, in the order it is shown. */
export function elementsOf(blocks: readonly Json[]): Placed[] {
  return blocks.flatMap((block): Placed[] => {
    const inner = [
      ...elementsOf(asList(block['child_blocks'])),
      ...asList(block['type'] === 'carousel' ? block['elements'] : undefined).flatMap((card) => elementsOf([card])),
    ];
    const own = [
      ...asList(block['type'] === 'carousel' ? undefined : block['elements']),
      ...asList(block['accessory']),
      ...asList(block['element']),
      ...(block['type'] === 'card' ? asList(block['actions']) : []),
    ];
    const acting = own.filter((element) => typeof element['action_id'] === 'string');
    return [...acting.map((element) => ({ element, blockId: String(block['block_id'] ?? '') })), ...inner];
  });
}

export const plainText = (object: unknown): string => (typeof object === 'object' && object !== null && 'text' in object ? String(object.text) : '');

const optionsOf = (element: Json): Json[] => [...asList(element['options']), ...asList(element['option_groups']).flatMap((group) => asList(group['options']))];

/** The option with this value, or with this text; the text itself as an option when the element has none of its own. */
function pick(element: Json, value: string): Json | null {
  const options = optionsOf(element);
  if (options.length === 0) return { text: { type: 'plain_text', text: value }, value };
  return options.find((option) => option['value'] === value) ?? options.find((option) => plainText(option['text']) === value) ?? null;
}

const PLURAL = /^multi_(users|channels|conversations)_select$/;
const SINGLE = /^(users|channels|conversations)_select$/;

/** What an element holds, in the form of `view.state.values`; `value` undefined: what it starts with. */
export function stateOf(element: Json, value?: FieldValue): Json {
  const type = String(element['type']);
  const many = typeof value === 'string' ? [value] : value;
  const one = typeof value === 'string' ? value : value?.[0];
  const options = (): (Json | null)[] => (many ?? []).map((each) => pick(element, each)).filter((each) => each !== null);
  if (type === 'checkboxes' || type === 'multi_static_select' || type === 'multi_external_select')
    return { type, selected_options: value === undefined ? (element['initial_options'] ?? []) : options() };
  if (type === 'radio_buttons' || type === 'static_select' || type === 'external_select' || type === 'overflow') {
    return { type, selected_option: one === undefined ? (element['initial_option'] ?? null) : one === '' ? null : pick(element, one) };
  }
  const thing = SINGLE.exec(type)?.[1]?.slice(0, -1);
  if (thing !== undefined) return { type, [`selected_${thing}`]: one ?? element[`initial_${thing}`] ?? null };
  const things = PLURAL.exec(type)?.[1];
  if (things !== undefined) return { type, [`selected_${things}`]: many ?? element[`initial_${things}`] ?? [] };
  if (type === 'datepicker') return { type, selected_date: (one ?? element['initial_date'] ?? null) || null };
  if (type === 'timepicker') return { type, selected_time: (one ?? element['initial_time'] ?? null) || null };
  if (type === 'datetimepicker') return { type, selected_date_time: one === undefined ? (element['initial_date_time'] ?? null) : Number(one) };
  if (type === 'rich_text_input') return { type, rich_text_value: one === undefined ? (element['initial_value'] ?? null) : richText(one) };
  return { type, value: (one ?? element['initial_value'] ?? null) || null };
}

const richText = (text: string): Json => ({ type: 'rich_text', elements: [{ type: 'rich_text_section', elements: [{ type: 'text', text }] }] });

/** Whether a field holds nothing: Slack does not send a required field that is empty. */
export function isEmpty(state: Json): boolean {
  const held = Object.entries(state).find(([key]) => key !== 'type')?.[1];
  return held === null || held === undefined || held === '' || (Array.isArray(held) && held.length === 0);
}

/** `state.values` of blocks, with what a person filled in (by action_id or block_id) over what was there. */
export function stateValues(blocks: readonly Json[], filled: Readonly<Record<string, FieldValue>>, before: Json = {}): Record<string, Record<string, Json>> {
  const values: Record<string, Record<string, Json>> = {};
  for (const { element, blockId } of elementsOf(blocks)) {
    const type = String(element['type']);
    if (['button', 'overflow', 'workflow_button', 'feedback_buttons', 'icon_button'].includes(type)) continue;
    const actionId = String(element['action_id']);
    const given = filled[`${blockId}/${actionId}`] ?? filled[actionId] ?? filled[blockId];
    const kept = (before[blockId] as Record<string, Json> | undefined)?.[actionId];
    values[blockId] = { ...values[blockId], [actionId]: given === undefined && kept !== undefined ? kept : stateOf(element, given) };
  }
  return values;
}
