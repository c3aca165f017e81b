import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ACTION_PREFIX, decodeAction } from '../../blocks/action-id.ts';
import { blocksTextLength, checkBlocks, checkView } from '../../blocks/limits.ts';
import { cards, views } from './gallery.ts';
import { hostileText, twisted } from './hostile.ts';
import { options } from './samples.ts';

const MAX_CARD_LENGTH = 13_000;
const LOCALES = ['en', 'zh'] as const;

interface Pressable {
  readonly type: string;
  readonly action_id: string;
  readonly value: string;
  readonly style?: string;
}
function buttonsOf(blocks: readonly object[]): Pressable[] {
  const isButton = (element: { type: string }): element is Pressable => element.type === 'button';
  return blocks.flatMap((block) => ('elements' in block && Array.isArray(block.elements) ? block.elements.filter(isButton) : []));
}

describe.each(LOCALES)('every card in %s', (locale) => {
  it.each(cards(options(locale)))('%s keeps to the limits of Slack and has a fallback text', (_name, card) => {
    expect(checkBlocks(card.blocks)).toEqual([]);
    expect(card.text.trim()).not.toBe('');
  });

  it.each(views(options(locale)))('%s is a view that Slack accepts', (_name, view) => {
    expect(checkView(view)).toEqual([]);
  });

  it.each(cards(options(locale)))('%s has at most one main button, and all its buttons can be read back', (_name, card) => {
    const buttons = buttonsOf(card.blocks);
    expect(buttons.filter((button) => button.style !== undefined).length).toBeLessThanOrEqual(1);
    for (const button of buttons) expect(decodeAction(button.action_id, button.value), button.action_id).not.toBeNull();
    expect(buttons.every((button) => button.action_id.startsWith(ACTION_PREFIX))).toBe(true);
  });

  it('leaves no placeholder unfilled', () => {
    for (const [name, card] of cards(options(locale))) expect(JSON.stringify(card.blocks).replaceAll(/<!date[^>]*>/g, ''), name).not.toMatch(/\{\w+[|}]/);
  });

  it('holds the limits and mentions nobody, whatever the data', () => {
    fc.assert(
      fc.property(fc.array(hostileText, { minLength: 1, maxLength: 12 }), fc.constantFrom(1, 3, 40), (texts, copies) => {
        let turn = 0;
        const twist = twisted(() => texts[turn++ % texts.length] ?? '', copies);
        for (const [name, card] of cards({ ...options(locale), linkBase: 'https://ops.example' }, twist)) {
          expect(checkBlocks(card.blocks), name).toEqual([]);
          expect(blocksTextLength(card.blocks), name).toBeLessThan(MAX_CARD_LENGTH);
          expect(card.text.length, name).toBeLessThan(4000);
          expect(strayMarkup([card.text, ...mrkdwnTexts(card.blocks)]), name).toEqual([]);
        }
        for (const [name, view] of views(options(locale), twist)) {
          expect(checkView(view), name).toEqual([]);
          expect(strayMarkup(mrkdwnTexts(view.blocks)), name).toEqual([]);
        }
      }),
      { numRuns: process.env['OPSLOOP_LONG'] === undefined ? 10 : 500 },
    );
  });
});

/** All texts that Slack reads as markup; plain_text mentions nobody, whatever it says. */
function mrkdwnTexts(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(mrkdwnTexts);
  if (value === null || typeof value !== 'object') return [];
  if ('type' in value && value.type === 'mrkdwn' && 'text' in value) return [String(value.text)];
  return Object.values(value).flatMap(mrkdwnTexts);
}

/** Mentions, links and broadcasts that a card made; date tokens, people by their id and links to subjects are ours. */
function strayMarkup(texts: readonly string[]): string[] {
  const ours = /^<(?:!date\^\d+\^[^|]*\||@U0[0-9A-Z]+>|!subteam\^S0ONCALL>|https:\/\/ops\.example\/(?:patterns|i|p)\/)/;
  return texts.flatMap((text) => [...text.matchAll(/<[^>]{0,60}>?/g)].map((match) => match[0]).filter((markup) => !ours.test(markup)));
}
