import type { Json } from '../types.ts';
import { emojiOf } from './emoji.ts';
import { linkHtml, mentionHtml, plainHtml } from './mrkdwn.ts';
import { dateToken, escapeHtml, nameOf, type Viewer } from './viewer.ts';

const list = (value: unknown): Json[] => (Array.isArray(value) ? (value as Json[]) : []);

function leafHtml(viewer: Viewer, leaf: Json): string {
  const text = String(leaf['text'] ?? '');
  switch (leaf['type']) {
    case 'link':
      return linkHtml(String(leaf['url']), plainHtml(text === '' ? String(leaf['url']) : text));
    case 'user':
      return mentionHtml(`@${nameOf(viewer, String(leaf['user_id']))}`, leaf['user_id'] === viewer.person.id);
    case 'usergroup':
      return mentionHtml(`@${viewer.core.workspace.groups.find(({ id }) => id === leaf['usergroup_id'])?.handle ?? String(leaf['usergroup_id'])}`);
    case 'channel':
      return mentionHtml(`#${viewer.core.workspace.conversations.get(String(leaf['channel_id']))?.name ?? String(leaf['channel_id'])}`);
    case 'broadcast':
      return mentionHtml(`@${String(leaf['range'])}`, true);
    case 'emoji':
      return `<span class="emoji">${escapeHtml(emojiOf(String(leaf['name'])) ?? `:${String(leaf['name'])}:`)}</span>`;
    case 'date':
      return `<time>${escapeHtml(dateToken(viewer, Number(leaf['timestamp']), String(leaf['format'])) ?? String(leaf['fallback'] ?? ''))}</time>`;
    case 'color':
      return `<code>${escapeHtml(String(leaf['value']))}</code>`;
    default:
      return plainHtml(text);
  }
}

function styled(viewer: Viewer, leaf: Json): string {
  const style = (leaf['style'] ?? {}) as Json;
  const tags = { code: 'code', strike: 's', italic: 'em', bold: 'strong', underline: 'u' };
  return Object.entries(tags).reduce((html, [key, tag]) => (style[key] === true ? `<${tag}>${html}</${tag}>` : html), leafHtml(viewer, leaf));
}

/** A rich_text block as HTML. */
export function richTextHtml(viewer: Viewer, block: Json): string {
  const leaves = (part: Json): string =>
    list(part['elements'])
      .map((leaf) => styled(viewer, leaf))
      .join('');
  const parts = list(block['elements']).map((part) => {
    if (part['type'] === 'rich_text_quote') return `<blockquote>${leaves(part)}</blockquote>`;
    if (part['type'] === 'rich_text_preformatted')
      return `<pre>${list(part['elements'])
        .map((leaf) => escapeHtml(String(leaf['text'] ?? leaf['url'] ?? '')))
        .join('')}</pre>`;
    if (part['type'] !== 'rich_text_list') return `<p>${leaves(part)}</p>`;
    const tag = part['style'] === 'ordered' ? 'ol' : 'ul';
    return `<${tag} class="indent-${Number(part['indent'] ?? 0)}">${list(part['elements'])
      .map((item) => `<li>${leaves(item)}</li>`)
      .join('')}</${tag}>`;
  });
  return `<div class="rich">${parts.join('')}</div>`;
}
