import { plainText } from '../acts/elements.ts';
import type { Json } from '../types.ts';
import { elementHtml } from './elements.ts';
import { markdownHtml } from './markdown.ts';
import { linkHtml, mrkdwnHtml, plainHtml } from './mrkdwn.ts';
import { imageHtml } from './picture.ts';
import { richTextHtml } from './rich-text.ts';
import { escapeHtml, type Viewer } from './viewer.ts';

const list = (value: unknown): Json[] => (Array.isArray(value) ? (value as Json[]) : []);
const object = (value: unknown): Json => (typeof value === 'object' && value !== null ? (value as Json) : {});

/** A text object as HTML; nothing when there is none. */
export function textHtml(viewer: Viewer, text: unknown): string {
  return object(text)['type'] === 'mrkdwn' ? mrkdwnHtml(viewer, plainText(text)) : plainHtml(plainText(text));
}

type Renderer = (viewer: Viewer, block: Json) => string;

const section: Renderer = (viewer, block) => {
  const text = block['text'] === undefined ? '' : `<div class="text-body">${textHtml(viewer, block['text'])}</div>`;
  const fields = list(block['fields']).map((field) => `<div class="field">${textHtml(viewer, field)}</div>`);
  const grid = fields.length === 0 ? '' : `<div class="fields">${fields.join('')}</div>`;
  const accessory =
    block['accessory'] === undefined ? '' : `<div class="accessory">${elementHtml(viewer, object(block['accessory']), String(block['block_id']))}</div>`;
  return `<div class="section"><div class="section-text">${text}${grid}</div>${accessory}</div>`;
};

const input: Renderer = (viewer, block) => {
  const label = plainText(block['label']);
  const optional = block['optional'] === true ? ' <small>(optional)</small>' : '';
  const hint = block['hint'] === undefined ? '' : `<p class="hint">${plainHtml(plainText(block['hint']))}</p>`;
  const element = elementHtml(viewer, object(block['element']), String(block['block_id']), label);
  const dispatches = block['dispatch_action'] === true ? ' data-dispatch' : '';
  return `<div class="input" data-input="${escapeHtml(String(block['block_id']))}"${dispatches}><div class="label">${plainHtml(label)}${optional}</div>${element}<p class="error" role="alert" hidden></p>${hint}</div>`;
};

const cellHtml = (viewer: Viewer, cell: Json): string => (cell['type'] === 'rich_text' ? richTextHtml(viewer, cell) : plainHtml(String(cell['text'] ?? '')));

const table: Renderer = (viewer, block) => {
  const settings = list(block['column_settings']);
  const [head = [], ...body] = (block['rows'] ?? []) as Json[][];
  const cell = (tag: string) => (one: Json, column: number) =>
    `<${tag} class="align-${escapeHtml(String(object(settings[column])['align'] ?? 'left'))}">${cellHtml(viewer, one)}</${tag}>`;
  const caption = block['caption'] === undefined ? '' : `<caption>${plainHtml(String(block['caption']))}</caption>`;
  const rows = body.map((row) => `<tr>${row.map(cell('td')).join('')}</tr>`);
  return `<div class="table"><table>${caption}<thead><tr>${head.map(cell('th')).join('')}</tr></thead><tbody>${rows.join('')}</tbody></table></div>`;
};

const card: Renderer = (viewer, block) => {
  const picture = block['hero_image'] === undefined ? '' : imageHtml(viewer, object(block['hero_image']), 'hero');
  const icon = block['icon'] === undefined ? '' : imageHtml(viewer, object(block['icon']), 'icon');
  const lines = ['title', 'subtitle', 'body'].map((part) =>
    block[part] === undefined ? '' : `<div class="card-${part}">${textHtml(viewer, block[part])}</div>`,
  );
  const actions = list(block['actions']).map((button) => elementHtml(viewer, button, String(block['block_id'])));
  return `<div class="card">${picture}<div class="card-text">${icon}${lines.join('')}</div>${actions.length === 0 ? '' : `<div class="actions">${actions.join('')}</div>`}</div>`;
};

const MARKS: Readonly<Record<string, string>> = { pending: '○', in_progress: '◔', complete: '✓', error: '✕' };
const task: Renderer = (viewer, block) => {
  const status = String(block['status']);
  const parts = ['details', 'output'].map((part) => (block[part] === undefined ? '' : richTextHtml(viewer, object(block[part]))));
  const sources = list(block['sources']).map((source) => linkHtml(String(source['url']), plainHtml(String(source['text'] ?? source['url']))));
  return `<li class="task ${escapeHtml(status)}"><span class="mark" aria-label="${escapeHtml(status)}">${MARKS[status] ?? ''}</span><div><strong>${plainHtml(String(block['title']))}</strong>${parts.join('')}${sources.join(' · ')}</div></li>`;
};

const container: Renderer = (viewer, block) => {
  const title = block['title'] === undefined ? richTextHtml(viewer, object(block['rich_text_title'])) : plainHtml(plainText(block['title']));
  const subtitle = block['subtitle'] === undefined ? '' : `<small>${textHtml(viewer, block['subtitle'])}</small>`;
  const open = block['is_collapsible'] === true && block['default_collapsed'] === true ? '' : ' open';
  return `<details class="container"${open}><summary>${title} ${subtitle}</summary>${blocksHtml(viewer, list(block['child_blocks']))}</details>`;
};

const RENDERERS: Readonly<Record<string, Renderer>> = {
  section,
  input,
  table,
  data_table: table,
  card,
  container,
  header: (_viewer, block) => `<h3 class="header">${plainHtml(plainText(block['text']))}</h3>`,
  divider: () => '<hr>',
  image: (viewer, block) =>
    `<figure class="image">${block['title'] === undefined ? '' : `<figcaption>${plainHtml(plainText(block['title']))}</figcaption>`}${imageHtml(viewer, block, 'picture')}</figure>`,
  context: (viewer, block) =>
    `<div class="context">${list(block['elements'])
      .map((one) => (one['type'] === 'image' ? imageHtml(viewer, one, 'icon') : `<span>${textHtml(viewer, one)}</span>`))
      .join('')}</div>`,
  actions: (viewer, block) =>
    `<div class="actions">${list(block['elements'])
      .map((one) => elementHtml(viewer, one, String(block['block_id'])))
      .join('')}</div>`,
  context_actions: (viewer, block) =>
    `<div class="actions small">${list(block['elements'])
      .map((one) => elementHtml(viewer, one, String(block['block_id'])))
      .join('')}</div>`,
  rich_text: richTextHtml,
  markdown: (_viewer, block) => `<div class="markdown">${markdownHtml(String(block['text'] ?? ''))}</div>`,
  alert: (viewer, block) => `<div class="alert ${escapeHtml(String(block['level'] ?? 'default'))}" role="note">${textHtml(viewer, block['text'])}</div>`,
  carousel: (viewer, block) =>
    `<div class="carousel">${list(block['elements'])
      .map((one) => card(viewer, one))
      .join('')}</div>`,
  plan: (viewer, block) =>
    `<div class="plan"><strong>${plainHtml(String(block['title']))}</strong><ol class="tasks">${list(block['tasks'])
      .map((one) => task(viewer, one))
      .join('')}</ol></div>`,
  task_card: (viewer, block) => `<ol class="tasks">${task(viewer, block)}</ol>`,
  video: (_viewer, block) => `<p>🎬 ${linkHtml(String(block['title_url'] ?? block['video_url']), plainHtml(plainText(block['title'])))}</p>`,
};

/** Block Kit as HTML, as Slack would show it to this person. */
export function blocksHtml(viewer: Viewer, blocks: readonly Json[]): string {
  return blocks
    .map((block) => {
      const type = String(block['type']);
      const html = RENDERERS[type]?.(viewer, block) ?? `<p class="missing">A block of type ${escapeHtml(type)}</p>`;
      return `<div class="block block-${escapeHtml(type)}">${html}</div>`;
    })
    .join('');
}
