import fc from 'fast-check';

const NASTY = [
  '<!channel> <!here> <!everyone> <@W0EVIL> <!subteam^S0EVIL>',
  '<https://evil.example|click me> https://evil.example/?a=1&b=2 [x](http://evil.example)',
  '*bold* _it_ ~gone~ `code` ```block``` > quote\n> quote\n&lt;!channel&gt; &amp;amp;',
  '<!date^1^{date}|x> <mailto:a@b.c|m> #general @channel :smile:',
  '\u202eright to left override\u202c \u2066isolate \u200f\u0000\u0007\u001b[31m',
  'مرحبا بالعالم هذا نص طويل من اليمين إلى اليسار ',
  '数据库连接耗尽，结账服务响应变慢。',
  '👩‍👩‍👧‍👦🏳️‍🌈👍🏽🇨🇳',
  'Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢L̠ͨͧͩ͘G̴̻͈͍͔̹̑͗̎̅͛́Ǫ̵̹̻̝̳͂̌̌͘!͖̬̰̙̗̿̋ͥͥ̂ͣ̐́́͜͞',
  '&&&&&&&&<<<<<<<<>>>>>>>>"""""\\\\\\\\',
  'arn:aws:iam::123456789012:role/very-long-'.repeat(3),
  '\ud800 lone surrogate \udc00',
  '|}{$%^ |pipe|pipe|',
];

/** Texts as bad as data can be: mentions, links, markup, right-to-left, joined emoji, control characters; up to 4,000 units or empty. */
export const hostileText: fc.Arbitrary<string> = fc
  .tuple(
    fc.oneof(fc.constantFrom(...NASTY), fc.string({ unit: 'grapheme', maxLength: 40 }), fc.string({ unit: 'binary', maxLength: 40 })),
    fc.constantFrom(0, 1, 1, 8, 4000),
  )
  .map(([text, size]) => (size === 0 ? '' : text.repeat(size === 4000 ? Math.ceil(4000 / Math.max(1, text.length)) : size).slice(0, 4000)));

// Words of a closed set; everything else in a view model is free text or a name.
const CLOSED = new Set([
  'state',
  'type',
  'method',
  'direction',
  'risk',
  'reversibility',
  'dimension',
  'category',
  'via',
  'verdict',
  'meaning',
  'resolution',
  'result',
  'pattern_id',
]);

/** Puts hostile texts and long lists into a view model of the same shape; lists within lists are shorter, or they would be endless. */
export function twisted(text: () => string, copies: number): <T>(data: T) => T {
  const twist = (value: unknown, name: string, lists: number): unknown => {
    if (typeof value === 'string') return CLOSED.has(name) ? value : text();
    if (Array.isArray(value)) {
      const size = value.length === 0 ? 0 : Math.min(copies, [40, 10, 5, 3][lists] ?? 1);
      return Array.from({ length: size }, (_, index) => twist(value[index % value.length], name, lists + 1));
    }
    if (value === null || typeof value !== 'object') return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, twist(inner, key, lists)]));
  };
  return <T>(data: T): T => Object.assign(twist(data, '', 0) as T & object);
}
