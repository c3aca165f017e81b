import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { code, cut, date, duration, mention, percent, plain, safe, severity, severityWord, who } from '../../blocks/card.ts';
import { hostileText } from './hostile.ts';
import { NOW_MS } from './samples.ts';

describe('texts from data', () => {
  it('are cut between whole characters, also joined emoji and accents', () => {
    expect(cut('👩‍👩‍👧‍👦👩‍👩‍👧‍👦', 15)).toBe('👩‍👩‍👧‍👦…');
    expect(cut('e\u0301e\u0301e\u0301', 4)).toBe('e\u0301…');
    expect(cut('short', 5)).toBe('short');
  });

  it('stay within their bound whatever they are', () => {
    fc.assert(
      fc.property(hostileText, fc.integer({ min: 10, max: 400 }), (text, max) => {
        for (const shown of [cut(text, max), plain(text, max), safe(text, max)]) expect(shown.length).toBeLessThanOrEqual(max);
        expect(code(text, max).length).toBeLessThanOrEqual(max + 2);
        expect(plain(text, max).isWellFormed()).toBe(true);
      }),
    );
  });

  it('cannot mention, link or show a date', () => {
    expect(safe('<!channel> <@U123> <https://evil|x> <!date^1^{date}|x>')).toBe(
      '&lt;!channel&gt; &lt;@U123&gt; &lt;https://evil|x&gt; &lt;!date^1^{date}|x&gt;',
    );
  });

  it('cannot format, but names keep their underscores', () => {
    expect(safe('*bold* ~gone~ `code` _it_ clear_cache')).toBe('∗bold∗ ∼gone∼ ˋcodeˋ ˍitˍ clear_cache');
    expect(code('a`b')).toBe("`a'b`");
  });

  it('cannot turn the direction of what follows', () => {
    expect(safe('a\u202eb')).toBe('a b');
    expect(safe('مرحبا')).toBe('\u2068مرحبا\u2069');
  });

  it('are one line, so that no quote or list begins in them', () => {
    expect(safe('one\n> two\n• three')).toBe('one &gt; two • three');
  });
});

describe('words for people', () => {
  it('mention people and groups by their id and nothing else', () => {
    expect(mention('U02ALICE')).toBe('<@U02ALICE>');
    expect(mention('S0ONCALL')).toBe('<!subteam^S0ONCALL>');
    for (const id of ['channel', '!channel', 'U1> <!channel', '', 'B012BOT']) expect(mention(id)).toBeNull();
  });

  it('say who did something', () => {
    expect(who({ type: 'system', component: 'loop' }, 'en')).toBe('opsloop');
    expect(who({ type: 'token', tokenId: 'ci', userId: null }, 'en')).toBe('API token ci');
    expect(who({ type: 'token', tokenId: 'ci', userId: 'U02ALICE' }, 'en')).toBe('<@U02ALICE>');
  });

  it('give moments as date tokens in the zone of the reader, with UTC to fall back on', () => {
    expect(date(NOW_MS)).toBe(`<!date^${NOW_MS / 1000}^{date_short_pretty} {time}|2026-11-24 03:12 UTC>`);
    expect(date(Number.NaN)).toBe('–');
  });

  it.each([
    [-5, '0 s', '0 秒'],
    [59_400, '59 s', '59 秒'],
    [59_600, '1 min', '1 分钟'],
    [125 * 60_000, '2 h 5 min', '2 小时 5 分钟'],
    [76 * 3_600_000, '3 d 4 h', '3 天 4 小时'],
  ])('say %d ms as "%s" and "%s"', (ms, en, zh) => {
    expect(duration(ms, 'en')).toBe(en);
    expect(duration(ms, 'zh')).toBe(zh);
  });

  it('say how bad with a word and an icon', () => {
    expect([0, 0.3, 0.6, 0.8].map(severityWord)).toEqual(['low', 'medium', 'high', 'critical']);
    expect(severity(0.9, 'en')).toBe('🔴\u00a0critical');
    expect(percent(0.876)).toBe('88\u00a0%');
  });
});
