import { linkHtml, plainHtml } from './mrkdwn.ts';
import { escapeHtml } from './viewer.ts';

/** The part of standard Markdown that bots write, as HTML: headings, lists, quotes, code, tables, emphasis and links. */
export function markdownHtml(source: string): string {
  const html: string[] = [];
  const lines = source.split('\n');
  for (let at = 0; at < lines.length; ) {
    const [piece, next] = block(lines, at);
    html.push(piece);
    at = next;
  }
  return html.join('');
}

/** One block that begins at a line, and the line after it. */
function block(lines: readonly string[], at: number): readonly [html: string, next: number] {
  const line = lines[at] ?? '';
  const run = (matches: (line: string) => boolean): number => {
    let end = at;
    while (end < lines.length && matches(lines[end] ?? '')) end += 1;
    return end;
  };
  if (line.trim() === '') return ['', at + 1];
  if (line.startsWith('```')) {
    const close = lines.findIndex((one, index) => index > at && one.startsWith('```'));
    const end = close < 0 ? lines.length : close;
    return [`<pre>${escapeHtml(lines.slice(at + 1, end).join('\n'))}</pre>`, end + 1];
  }
  const heading = /^(#{1,6})\s+(.*)$/.exec(line);
  if (heading !== null) return [`<p class="md-heading">${inline(heading[2] ?? '')}</p>`, at + 1];
  if (/^(-{3,}|\*{3,})$/.test(line.trim())) return ['<hr>', at + 1];
  for (const [tag, marker] of [
    ['ul', /^\s*[-*+]\s+/],
    ['ol', /^\s*\d+[.)]\s+/],
  ] as const) {
    if (!marker.test(line)) continue;
    const end = run((one) => marker.test(one));
    return [
      `<${tag}>${lines
        .slice(at, end)
        .map((one) => `<li>${inline(one.replace(marker, ''))}</li>`)
        .join('')}</${tag}>`,
      end,
    ];
  }
  if (line.startsWith('>')) {
    const end = run((one) => one.startsWith('>'));
    return [
      `<blockquote>${lines
        .slice(at, end)
        .map((one) => inline(one.replace(/^>\s?/, '')))
        .join('<br>')}</blockquote>`,
      end,
    ];
  }
  if (line.includes('|') && /^\s*\|?[\s:|-]+\|?\s*$/.test(lines[at + 1] ?? '')) {
    const end = run((one) => one.includes('|'));
    return [tableHtml(lines.slice(at, end)), end];
  }
  const end = Math.max(
    at + 1,
    run((one) => one.trim() !== '' && !/^(```|#{1,6}\s|>|\s*[-*+]\s|\s*\d+[.)]\s)/.test(one)),
  );
  return [`<p>${lines.slice(at, end).map(inline).join('<br>')}</p>`, end];
}

function tableHtml(lines: readonly string[]): string {
  const cells = (line: string): string[] =>
    line
      .trim()
      .replace(/^\||\|$/g, '')
      .split('|')
      .map((cell) => inline(cell.trim()));
  const [head = '', , ...body] = lines;
  const row = (line: string, tag: string): string =>
    `<tr>${cells(line)
      .map((cell) => `<${tag}>${cell}</${tag}>`)
      .join('')}</tr>`;
  return `<div class="table"><table><thead>${row(head, 'th')}</thead><tbody>${body.map((line) => row(line, 'td')).join('')}</tbody></table></div>`;
}

function inline(text: string): string {
  const match = /`([^`]+)`|\*\*(.+?)\*\*|~~(.+?)~~|\[([^\]]+)\]\(([^\s)]+)\)|(?<![\w*])[*_](?=\S)([^*_]+?)(?<=\S)[*_](?![\w*])/.exec(text);
  if (match === null) return plainHtml(text);
  const [whole, code, bold, struck, label, url, italic] = match;
  const before = plainHtml(text.slice(0, match.index));
  const after = inline(text.slice(match.index + whole.length));
  if (code !== undefined) return `${before}<code>${escapeHtml(code)}</code>${after}`;
  if (bold !== undefined) return `${before}<strong>${inline(bold)}</strong>${after}`;
  if (struck !== undefined) return `${before}<s>${inline(struck)}</s>${after}`;
  if (label !== undefined) return `${before}${linkHtml(url ?? '', inline(label))}${after}`;
  return `${before}<em>${inline(italic ?? '')}</em>${after}`;
}
