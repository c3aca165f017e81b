import { plainText } from '../acts/elements.ts';
import type { Json } from '../types.ts';
import { BOT_USER_ID } from '../workspace.ts';
import { plainHtml } from './mrkdwn.ts';
import { imageHtml } from './picture.ts';
import { escapeHtml, nameOf, type Viewer } from './viewer.ts';

const list = (value: unknown): Json[] => (Array.isArray(value) ? (value as Json[]) : []);
const attribute = (name: string, value: unknown): string =>
  value === undefined || value === null || value === false ? '' : ` ${name}="${escapeHtml(String(value))}"`;

/** What the page's script needs to act: which element, in which block, and the question it asks first. */
function hook(element: Json, blockId: string): string {
  const confirm = element['confirm'] as Json | undefined;
  const question =
    confirm === undefined
      ? undefined
      : JSON.stringify({
          title: plainText(confirm['title']),
          text: plainText(confirm['text']),
          confirm: plainText(confirm['confirm']),
          deny: plainText(confirm['deny']),
          style: confirm['style'],
        });
  return `${attribute('data-action', `${blockId}/${String(element['action_id'])}`)}${attribute('data-confirm', question)}`;
}

interface Choice {
  readonly value: string;
  readonly text: string;
  readonly description: string;
}
const choice = (option: Json): Choice => ({ value: String(option['value']), text: plainText(option['text']), description: plainText(option['description']) });

/** The options of a menu: its own, or the workspace's people or channels. */
function choices(viewer: Viewer, element: Json): { readonly label: string; readonly options: readonly Choice[] }[] {
  const { workspace } = viewer.core;
  const type = String(element['type']);
  const people = (): Choice[] => [...workspace.people.values()].map(({ id, name }) => ({ value: id, text: name, description: '' }));
  const channels = (): Choice[] => workspace.channels.map(({ id, name }) => ({ value: id, text: `#${name}`, description: '' }));
  if (type.includes('users_select')) return [{ label: '', options: [...people(), { value: BOT_USER_ID, text: nameOf(viewer, BOT_USER_ID), description: '' }] }];
  if (type.includes('channels_select')) return [{ label: '', options: channels() }];
  if (type.includes('conversations_select')) return [{ label: '', options: [...channels(), ...people()] }];
  if (Array.isArray(element['option_groups']))
    return list(element['option_groups']).map((group) => ({ label: plainText(group['label']), options: list(group['options']).map(choice) }));
  return [{ label: '', options: list(element['options']).map(choice) }];
}

function initialOf(element: Json): readonly string[] {
  const values = [element['initial_option'], ...list(element['initial_options'])].filter(Boolean).map((option) => String((option as Json)['value']));
  const ids = ['initial_user', 'initial_channel', 'initial_conversation']
    .map((key) => element[key])
    .filter(Boolean)
    .map(String);
  const many = ['initial_users', 'initial_channels', 'initial_conversations'].flatMap((key) => list(element[key]).map(String));
  return [...values, ...ids, ...many];
}

function selectHtml(viewer: Viewer, element: Json, blockId: string, label: string): string {
  const initial = initialOf(element);
  const multiple = String(element['type']).startsWith('multi_');
  const placeholder = plainText(element['placeholder']) || 'Choose…';
  const option = ({ value, text }: Choice): string =>
    `<option value="${escapeHtml(value)}"${initial.includes(value) ? ' selected' : ''}>${escapeHtml(text)}</option>`;
  const groups = choices(viewer, element).map((group) => {
    const options = group.options.map(option).join('');
    return group.label === '' ? options : `<optgroup label="${escapeHtml(group.label)}">${options}</optgroup>`;
  });
  const first = multiple ? '' : `<option value=""${initial.length === 0 ? ' selected' : ''}>${escapeHtml(placeholder)}</option>`;
  return `<select class="select"${multiple ? ' multiple size="4"' : ''}${attribute('aria-label', label || placeholder)}${hook(element, blockId)}>${first}${groups.join('')}</select>`;
}

function tickHtml(element: Json, blockId: string, label: string): string {
  const type = element['type'] === 'checkboxes' ? 'checkbox' : 'radio';
  const initial = initialOf(element);
  const name = escapeHtml(`${blockId}/${String(element['action_id'])}`);
  const options = list(element['options']).map((one) => {
    const { value, text, description } = choice(one);
    const checked = initial.includes(value) ? ' checked' : '';
    return `<label class="tick"><input type="${type}" name="${name}" value="${escapeHtml(value)}"${checked}><span>${plainHtml(text)}${description === '' ? '' : `<small>${plainHtml(description)}</small>`}</span></label>`;
  });
  return `<div class="ticks" role="group"${attribute('aria-label', label)}${hook(element, blockId)}>${options.join('')}</div>`;
}

function inputHtml(element: Json, blockId: string, label: string): string {
  const type = String(element['type']);
  const types: Readonly<Record<string, string>> = {
    number_input: 'number',
    email_text_input: 'email',
    url_text_input: 'url',
    datepicker: 'date',
    timepicker: 'time',
    datetimepicker: 'datetime-local',
    file_input: 'file',
  };
  const value = element['initial_value'] ?? element['initial_date'] ?? element['initial_time'];
  const common = `${attribute('placeholder', plainText(element['placeholder']) || undefined)}${attribute('aria-label', label)}${attribute('minlength', element['min_length'])}${attribute('maxlength', element['max_length'])}${hook(element, blockId)}`;
  if (type === 'rich_text_input' || element['multiline'] === true)
    return `<textarea class="text" rows="4"${common}>${typeof value === 'string' ? escapeHtml(value) : ''}</textarea>`;
  const range = `${attribute('min', element['min_value'])}${attribute('max', element['max_value'])}${element['is_decimal_allowed'] === true ? ' step="any"' : ''}`;
  return `<input class="text" type="${types[type] ?? 'text'}"${typeof value === 'string' ? attribute('value', value) : ''}${range}${common}>`;
}

function buttonHtml(element: Json, blockId: string): string {
  const style = element['style'] === undefined ? '' : ` ${String(element['style'])}`;
  const url = attribute('data-url', element['url']);
  return `<button type="button" class="btn${style}"${attribute('aria-label', element['accessibility_label'])}${url}${hook(element, blockId)}>${plainHtml(plainText(element['text']))}</button>`;
}

function overflowHtml(element: Json, blockId: string): string {
  const items = list(element['options']).map((one) => {
    const { value, text } = choice(one);
    return `<button type="button" role="menuitem" class="item" value="${escapeHtml(value)}"${attribute('data-url', one['url'])}${hook(element, blockId)}>${plainHtml(text)}</button>`;
  });
  return `<details class="menu"><summary class="btn" aria-label="More actions">⋯</summary><div class="items" role="menu">${items.join('')}</div></details>`;
}

function feedbackHtml(element: Json, blockId: string): string {
  const one = (side: Json, picture: string): string =>
    `<button type="button" class="btn" value="${escapeHtml(String(side['value']))}"${attribute('aria-label', side['accessibility_label'] ?? plainText(side['text']))}${hook(element, blockId)}>${picture} ${plainHtml(plainText(side['text']))}</button>`;
  return one(element['positive_button'] as Json, '👍') + one(element['negative_button'] as Json, '👎');
}

/** One interactive element as HTML. `label`: what an input block calls it. */
export function elementHtml(viewer: Viewer, element: Json, blockId: string, label = ''): string {
  const type = String(element['type']);
  if (type === 'image') return imageHtml(viewer, element, 'thumb');
  if (type === 'button' || type === 'workflow_button') return buttonHtml(element, blockId);
  if (type === 'icon_button') return buttonHtml({ ...element, text: { text: `🗑️ ${plainText(element['text'])}` } }, blockId);
  if (type === 'feedback_buttons') return feedbackHtml(element, blockId);
  if (type === 'overflow') return overflowHtml(element, blockId);
  if (type.endsWith('select')) return selectHtml(viewer, element, blockId, label);
  if (type === 'checkboxes' || type === 'radio_buttons') return tickHtml(element, blockId, label);
  return inputHtml(element, blockId, label);
}
