import { emojiOf } from './emoji.ts';
import { dateToken, escapeHtml, nameOf, type Viewer } from './viewer.ts';

/** Pieces of finished HTML, set aside so that the rest of the text can be marked up around them. */
class Aside {
  readonly #pieces: string[] = [];

  put(html: string): string {
    return `\uE000${this.#pieces.push(html) - 1}\uE001`;
  }

  restore(text: string): string {
    const filled = text.replace(/\uE000(\d+)\uE001/g, (_whole, index: string) => this.#pieces[Number(index)] ?? '');
    return filled.includes('\uE000') ? this.restore(filled) : filled;
  }
}

/** Only addresses people may follow become links. */
export function safeUrl(url: string): string | null {
  return /^(https?:|mailto:|tel:)/i.test(url) && URL.canParse(url) ? url : null;
}

export function linkHtml(url: string, labelHtml: string): string {
  const safe = safeUrl(url);
  return safe === null ? labelHtml : `<a href="${escapeHtml(safe)}" target="_blank" rel="noopener noreferrer">${labelHtml}</a>`;
}

export const mentionHtml = (name: string, me = false): string => `<span class="mention${me ? ' me' : ''}">${escapeHtml(name)}</span>`;

const decode = (text: string): string => text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');

/** What stands between < and >: a person, a channel, a group, a date or a link. */
function tokenHtml(viewer: Viewer, token: string): string {
  const [target = '', label] = token.split('|');
  const { workspace } = viewer.core;
  if (target.startsWith('@')) return mentionHtml(`@${nameOf(viewer, target.slice(1))}`, target.slice(1) === viewer.person.id);
  if (target.startsWith('#')) return mentionHtml(`#${workspace.conversations.get(target.slice(1))?.name ?? label ?? target.slice(1)}`);
  if (target.startsWith('!subteam^')) {
    const group = workspace.groups.find(({ id }) => id === target.slice(9));
    return mentionHtml(`@${group?.handle ?? label ?? target.slice(9)}`, group?.members.includes(viewer.person.id) ?? false);
  }
  if (target.startsWith('!date^')) {
    const [, seconds = '', pattern = '', url] = target.split('^');
    const text = escapeHtml(dateToken(viewer, Number(seconds), decode(pattern)) ?? decode(label ?? pattern));
    return url === undefined ? `<time>${text}</time>` : linkHtml(decode(url), text);
  }
  if (target.startsWith('!')) return mentionHtml(`@${label ?? target.slice(1)}`, true);
  return linkHtml(decode(target), escapeHtml(decode(label ?? target)));
}

const withEmoji = (text: string, aside: Aside): string =>
  text.replace(/:([\w+'-]+(?:::skin-tone-[2-6])?):/g, (whole, name: string) => {
    const picture = emojiOf(name);
    return picture === null ? whole : aside.put(`<span class="emoji" role="img" aria-label="${escapeHtml(name)}">${picture}</span>`);
  });

const MARKS: readonly (readonly [RegExp, string])[] = [
  [/(?<![A-Za-z0-9*])\*(?=\S)([^*\n]+?)(?<=\S)\*(?![A-Za-z0-9*])/g, 'strong'],
  [/(?<![A-Za-z0-9_])_(?=\S)([^_\n]+?)(?<=\S)_(?![A-Za-z0-9_])/g, 'em'],
  [/(?<![A-Za-z0-9~])~(?=\S)([^~\n]+?)(?<=\S)~(?![A-Za-z0-9~])/g, 's'],
];

/** Lines that begin with > become quotes; other lines are kept apart by breaks. */
function linesHtml(text: string): string {
  const parts: string[] = [];
  let quote: string[] = [];
  const endQuote = (): void => {
    if (quote.length > 0) parts.push(`<blockquote>${quote.join('<br>')}</blockquote>`);
    quote = [];
  };
  for (const line of text.split('\n')) {
    const quoted = /^&gt; ?(.*)$/.exec(line);
    if (quoted !== null) quote.push(quoted[1] ?? '');
    else {
      endQuote();
      parts.push(line);
    }
  }
  endQuote();
  return parts.reduce(
    (html, part) => (html === '' || html.endsWith('</blockquote>') || part.startsWith('<blockquote>') ? html + part : `${html}<br>${part}`),
    '',
  );
}

/** Slack's own markup as HTML. Nothing of the text gets through as markup of ours. */
export function mrkdwnHtml(viewer: Viewer, source: string): string {
  const aside = new Aside();
  let text = source.replace(/[\uE000\uE001]/g, '');
  text = text.replace(/```\n?([\s\S]+?)\n?```/g, (_whole, code: string) => aside.put(`<pre>${escapeHtml(decode(code))}</pre>`));
  text = text.replace(/`([^`\n]+)`/g, (_whole, code: string) => aside.put(`<code>${escapeHtml(decode(code))}</code>`));
  text = text.replace(/<([^<>\n]+)>/g, (_whole, token: string) => aside.put(tokenHtml(viewer, token)));
  text = escapeHtml(decode(text));
  text = withEmoji(text, aside);
  for (const [pattern, tag] of MARKS) text = text.replace(pattern, `<${tag}>$1</${tag}>`);
  return aside.restore(linesHtml(text));
}

/** Plain text as HTML: breaks and emoji, nothing else. */
export function plainHtml(source: string): string {
  const aside = new Aside();
  return aside.restore(withEmoji(escapeHtml(source.replace(/[\uE000\uE001]/g, '')), aside).replaceAll('\n', '<br>'));
}
