import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readManifest } from '../../../../src/sandbox/slack/manifest.ts';
import { blocksHtml } from '../../../../src/sandbox/slack/page/blocks.ts';
import { markdownHtml } from '../../../../src/sandbox/slack/page/markdown.ts';
import { mrkdwnHtml } from '../../../../src/sandbox/slack/page/mrkdwn.ts';
import type { Viewer } from '../../../../src/sandbox/slack/page/viewer.ts';
import { ResponseUrls, Triggers } from '../../../../src/sandbox/slack/passes.ts';
import { SocketHub } from '../../../../src/sandbox/slack/socket-hub.ts';
import { Workspace } from '../../../../src/sandbox/slack/workspace.ts';
import { MANIFEST, section } from '../support.ts';

const NOW = Date.UTC(2025, 10, 24, 16, 0); // 17:00 in Madrid, midnight in Shanghai
const manifest = readManifest(MANIFEST);
const workspace = new Workspace({ manifest: MANIFEST, clock: { now: () => NOW } });
const hub = new SocketHub({ ackTimeoutMs: 10, redeliverAfterMs: [] });
const core = { workspace, manifest, hub, triggers: new Triggers(1), responses: new ResponseUrls(1), baseUrl: 'http://127.0.0.1/', notSent: [] };
const viewerOf = (id: string): Viewer => {
  const person = workspace.people.get(id);
  if (person === undefined) throw new Error(`no ${id}`);
  return { core, person };
};
let ana: Viewer;
beforeAll(() => {
  ana = viewerOf('U0ANA0001');
});
afterAll(() => hub.stop());

describe("Slack's markup", () => {
  test.each([
    ['*bold*, _italic_ and ~gone~', '<strong>bold</strong>, <em>italic</em> and <s>gone</s>'],
    ['2*3*4 and snake_case_name', '2*3*4 and snake_case_name'],
    ['是*粗*吗', '是<strong>粗</strong>吗'],
    ['a `*b* <x>` c', 'a <code>*b* &lt;x&gt;</code> c'],
    ['```\nif (a &lt; b)\n```', '<pre>if (a &lt; b)</pre>'],
    ['one\ntwo', 'one<br>two'],
    ['&gt; quoted\n&gt; twice\nnot', '<blockquote>quoted<br>twice</blockquote>not'],
    ['a &amp; b &lt;c&gt; "d"', 'a &amp; b &lt;c&gt; &quot;d&quot;'],
    ['<https://example.com/?a=1&amp;b=2|PAT-1>', '<a href="https://example.com/?a=1&amp;b=2" target="_blank" rel="noopener noreferrer">PAT-1</a>'],
    ['<javascript:alert(1)|press>', 'press'],
    ['<@U0BEN0002> <#C0OPS00001>', '<span class="mention">@Ben Okafor</span> <span class="mention">#ops</span>'],
    ['<!subteam^S0ONCALL1> <!here>', '<span class="mention me">@on-call</span> <span class="mention me">@here</span>'],
    [':warning: :nope:', '<span class="emoji" role="img" aria-label="warning">⚠️</span> :nope:'],
    [':+1::skin-tone-3:', '<span class="emoji" role="img" aria-label="+1::skin-tone-3">👍🏼</span>'],
  ])('%s', (source, html) => {
    expect(mrkdwnHtml(ana, source)).toBe(html);
  });

  test("a date is told in the reader's zone and language", () => {
    const token = `<!date^${NOW / 1000}^{date_short_pretty} {time}|then>`;
    expect(mrkdwnHtml(ana, token)).toBe('<time>today 05:00 PM</time>');
    expect(mrkdwnHtml(viewerOf('U0LIW0003'), token)).toBe('<time>今天 00:00</time>');
    expect(mrkdwnHtml(ana, `<!date^${NOW / 1000 - 7200}^{ago}|then>`)).toBe('<time>2 hours ago</time>');
    expect(mrkdwnHtml(ana, '<!date^nonsense^{date}|then>')).toBe('<time>then</time>');
    expect(mrkdwnHtml(ana, `<!date^${NOW / 1000}^{century}|then>`)).toBe('<time>then</time>');
  });
});

test('Markdown: headings, lists, quotes, code, tables and emphasis', () => {
  expect(markdownHtml('# A *b*\n\n- **x**\n- `y`\n\n1. z\n> q\n```\n<c>\n```\n---\nlast [l](https://example.com/)')).toBe(
    '<p class="md-heading">A <em>b</em></p><ul><li><strong>x</strong></li><li><code>y</code></li></ul><ol><li>z</li></ol><blockquote>q</blockquote><pre>&lt;c&gt;</pre><hr><p>last <a href="https://example.com/" target="_blank" rel="noopener noreferrer">l</a></p>',
  );
  expect(markdownHtml('| a | b |\n|---|---|\n| 1 | 2 |')).toContain('<thead><tr><th>a</th><th>b</th></tr></thead><tbody><tr><td>1</td><td>2</td></tr></tbody>');
});

const plain = (text: string) => ({ type: 'plain_text', text });
const rich = (text: string) => ({ type: 'rich_text', elements: [{ type: 'rich_text_section', elements: [{ type: 'text', text, style: { bold: true } }] }] });
const picture = { type: 'image', image_url: 'https://example.com/a.png', alt_text: 'words' };
/** One of each kind, all with the same words in them. */
const everyBlock = (words: string): Record<string, unknown>[] => [
  { ...section(words), fields: [plain(words)], accessory: { type: 'overflow', action_id: 'o', options: [{ text: plain(words), value: 'v' }] } },
  { type: 'header', text: plain(words) },
  { type: 'divider' },
  { ...picture, title: plain(words) },
  { type: 'context', elements: [plain(words), { ...picture, alt_text: words }] },
  { type: 'actions', block_id: words, elements: [{ type: 'button', action_id: words, value: words, text: plain(words), confirm: { text: plain(words) } }] },
  { type: 'actions', elements: [{ type: 'static_select', action_id: 's', placeholder: plain(words), options: [{ text: plain(words), value: words }] }] },
  { type: 'actions', elements: [{ type: 'checkboxes', action_id: 'c', options: [{ text: plain(words), value: words, description: plain(words) }] }] },
  {
    type: 'input',
    label: plain(words),
    hint: plain(words),
    element: { type: 'plain_text_input', action_id: 'i', initial_value: words, placeholder: plain(words) },
  },
  { type: 'input', label: plain(words), element: { type: 'plain_text_input', action_id: 'i', multiline: true, initial_value: words } },
  rich(words),
  { type: 'table', rows: [[{ type: 'raw_text', text: words }], [rich(words)]] },
  { type: 'data_table', caption: words, rows: [[{ type: 'raw_text', text: words }], [{ type: 'raw_number', value: 1, text: words }]] },
  { type: 'markdown', text: words },
  { type: 'alert', level: 'error', text: plain(words) },
  {
    type: 'context_actions',
    elements: [
      {
        type: 'feedback_buttons',
        action_id: 'f',
        positive_button: { text: plain(words), value: words },
        negative_button: { text: plain(words), value: words },
      },
    ],
  },
  { type: 'card', title: plain(words), body: plain(words), hero_image: picture, actions: [{ type: 'button', action_id: 'b', text: plain(words) }] },
  { type: 'carousel', elements: [{ type: 'card', title: plain(words) }] },
  { type: 'container', title: plain(words), child_blocks: [section(words)] },
  {
    type: 'plan',
    title: words,
    tasks: [
      {
        type: 'task_card',
        task_id: 't',
        title: words,
        status: 'complete',
        output: rich(words),
        sources: [{ type: 'url', url: 'https://example.com', text: words }],
      },
    ],
  },
  { type: 'video', video_url: 'https://example.com', title: plain(words) },
];

test('every kind of block shows its words', () => {
  for (const block of everyBlock('Hello there').filter(({ type }) => type !== 'divider')) expect(blocksHtml(ana, [block])).toContain('Hello there');
});

test('whatever the words, they stay words: no markup of theirs gets through', () => {
  const nasty = fc.oneof(
    fc.string({ maxLength: 60, unit: 'grapheme' }),
    fc
      .array(
        fc.constantFrom(
          '<',
          '>',
          '"',
          "'",
          '&',
          '*',
          '_',
          '`',
          '```',
          '<script>',
          '<img src=x onerror=a>',
          '|',
          '<http://a|',
          '\uE0000\uE001',
          '\n',
          '> ',
          ':+1:',
          '&lt;',
          '[a](javascript:b)',
          '**',
          'x',
        ),
        { maxLength: 12 },
      )
      .map((parts) => parts.join('')),
  );
  fc.assert(
    fc.property(nasty, (words) => {
      const html = `${mrkdwnHtml(ana, words)}${blocksHtml(ana, everyBlock(words))}`;
      // What is left after all tags of ours are taken out holds no bracket; and inside of them no handler and no script address.
      const ours =
        /<\/?(?:a|article|blockquote|br|button|caption|code|details|div|em|figcaption|figure|h3|hr|img|input|label|li|ol|optgroup|option|p|pre|s|select|small|span|strong|summary|table|tbody|td|textarea|th|thead|time|tr|u|ul)(?:\s[\w-]+(?:="[^"<>]*")?)*>/g;
      expect(html.replace(ours, '')).not.toMatch(/[<>]/);
      for (const [tag] of html.matchAll(ours)) {
        expect(tag.replace(/="[^"]*"/g, '')).not.toMatch(/\son\w+/);
        expect(tag).not.toMatch(/\s(?:href|src)="(?!https?:|mailto:|tel:|\/page\/)/);
      }
    }),
    { numRuns: 60 },
  );
});
