import { existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { AnyBlock } from '@slack/types';
import { chromium } from 'playwright-core';
import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { type Block, Message } from 'slack-blocks-to-jsx';
import { expect, it } from 'vitest';
import { drawPng } from '../../src/charts/draw.ts';
import { specs } from '../charts/specs.ts';
import { cards, views } from './gallery.ts';
import { NOW_MS, options } from './samples.ts';

const CHROMIUM = '/usr/bin/chromium';
const OUTPUT = fileURLToPath(new URL('../output/', import.meta.url));
const FONT_FILE = fileURLToPath(import.meta.resolve('@expo-google-fonts/noto-sans-sc/400Regular/NotoSansSC_400Regular.ttf'));
const STYLE = readFileSync(new URL('../../node_modules/slack-blocks-to-jsx/dist/style.css', import.meta.url), 'utf8');
const LAYOUT = `@font-face{font-family:Han;src:url(https://cards.test/chinese.ttf)}*{font-family:'DejaVu Sans',Han,'Noto Color Emoji',sans-serif!important}main{padding:16px;background:#e9ecef;columns:3;column-gap:16px}
figure{break-inside:avoid;margin:0 0 16px;background:#fff;border-radius:8px;padding:8px 12px}figcaption{color:#7b8794;font-size:12px}figure img{max-width:100%}`;
const LOGO =
  'data:image/svg+xml,%3Csvg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"%3E%3Crect width="8" height="8" rx="2" fill="%230b69a3"/%3E%3C/svg%3E';
const FONT_URL = 'https://cards.test/chinese.ttf'; // answered below: browsers on bare machines have no Chinese glyphs
const people = [
  { id: 'U02ALICE', name: 'alice' },
  { id: 'U03BOB', name: 'bob' },
];

/** The renderer knows pictures by address only, and takes `verbatim` for "no markup at all", which Slack does not. */
function forRenderer(blocks: readonly AnyBlock[], url: string): Block[] {
  const text = JSON.stringify(blocks)
    .replaceAll(',"verbatim":true', '')
    .replaceAll('"slack_file":{"id":"F0123456"}', `"image_url":${JSON.stringify(url)}`);
  return JSON.parse(text);
}

function figure(name: string, blocks: readonly AnyBlock[], chartUrl: string): string {
  const message = createElement(Message, {
    blocks: forRenderer(blocks, chartUrl),
    logo: LOGO,
    name: 'opsloop',
    time: new Date(NOW_MS),
    theme: 'light',
    data: { users: people, user_groups: [{ id: 'S0ONCALL', name: 'oncall' }] },
  });
  return `<figure><figcaption>${name}</figcaption>${renderToStaticMarkup(message)}</figure>`;
}

const SHEETS = [
  ['en', 'cards.png'],
  ...(process.env['OPSLOOP_LONG'] === undefined && process.env['CI'] === undefined ? [] : [['zh', 'cards-zh.png'] as const]),
] as const;

const hasBrowser = existsSync(CHROMIUM);
if (!hasBrowser && process.env['CI'] === undefined) console.warn(`No contact sheet of the cards: there is no browser at ${CHROMIUM}.`);

it.skipIf(!hasBrowser && process.env['CI'] === undefined)(
  'draws every card to test/output/cards.png, to be looked at',
  async () => {
    const spike = specs['spike'];
    if (spike === undefined) throw new Error('the spike picture is gone');
    const chartUrl = `data:image/png;base64,${Buffer.from(drawPng(spike)).toString('base64')}`;
    const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
    mkdirSync(OUTPUT, { recursive: true });
    try {
      const page = await browser.newPage({ viewport: { width: 1800, height: 900 } });
      await page.route(FONT_URL, (route) => route.fulfill({ path: FONT_FILE, headers: { 'access-control-allow-origin': '*' } }));
      for (const [locale, file] of SHEETS) {
        const figures = [
          ...cards(options(locale)).map(([name, card]) => figure(name, card.blocks, chartUrl)),
          ...views(options(locale)).map(([name, view]) => figure(name, view.blocks, chartUrl)),
        ];
        await page.setContent(`<!doctype html><style>${STYLE}${LAYOUT}</style><main>${figures.join('')}</main>`);
        expect(await page.locator('figure').count()).toBe(figures.length);
        expect(await page.getByText('{n}').count()).toBe(0);
        await page.evaluate('document.fonts.ready');
        await page.screenshot({ path: `${OUTPUT}${file}`, fullPage: true });
        expect(statSync(`${OUTPUT}${file}`).size).toBeGreaterThan(100_000);
      }
    } finally {
      await browser.close();
    }
  },
  90_000,
);
