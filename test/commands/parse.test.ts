import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { clean, parse, unquote } from '../../commands/parse.ts';
import { commands } from '../../commands/registry.ts';

const read = (text: string) => parse(text, commands);
const command = (name: string, text: string) => ({ type: 'command', name, text });

describe('what people type is understood', () => {
  test.each([
    ['detect', 'detect', ''],
    ['DETECT', 'detect', ''],
    ['  rca   #12 ', 'rca', '#12'],
    ['rca#12', 'rca', '#12'],
    ['rca: INC-12', 'rca', 'INC-12'],
    ['rca INC－12', 'rca', 'INC-12'],
    ['/rca 12', 'rca', '12'],
    ['/ops rca 12', 'rca', '12'],
    ['ops, status!', 'status', ''],
    ['<@U0OPSLOOP1> status', 'status', ''],
    ['<@U0OPSLOOP1>: <@U0OPSLOOP1> Help', 'help', ''],
    ['pattern search "CPU high, slow"', 'pattern', 'search "CPU high, slow"'],
    ['fix “INC-3”', 'fix', 'INC-3'],
    ['ＲＣＡ　１２', 'rca', '12'],
    ['根因12', 'rca', '12'],
    ['根因 INC-12', 'rca', 'INC-12'],
    ['根因分析：12', 'rca', '12'],
    ['检测', 'detect', ''],
    ['检测。', 'detect', ''],
    ['修复 INC-1', 'fix', 'INC-1'],
    ['批准PLAN-34', 'approve', 'PLAN-34'],
    ['拒绝 34 风险太大', 'reject', '34 风险太大'],
    ['反馈12好', 'feedback', '12好'],
    ['搜索数据库连接', 'pattern', '数据库连接'],
    ['帮助', 'help', ''],
    ['状态', 'status', ''],
    ['暂停', 'pause', ''],
    ['恢复', 'resume', ''],
    ['静默 rds/checkout-db 2小时', 'silence', 'rds/checkout-db 2小时'],
    ['why <https://example.org/a|the shop> is slow &amp; sad', 'rca', 'the shop is slow & sad'],
    ['stop PLAN-3', 'reject', 'PLAN-3'],
  ])('%s', (typed, name, text) => {
    expect(read(typed)).toEqual(command(name, text));
  });

  test.each(['', '   ', '/ops', 'ops', '<@U0OPSLOOP1>', '???', '…'])('%j asks for nothing', (typed) => {
    expect(read(typed)).toEqual({ type: 'empty' });
  });

  test.each([
    ['detct', 'detect'],
    ['aprove PLAN-1', 'approve'],
    ['feedbcak 1 good', 'feedback'],
    ['hlep', 'help'],
    ['rac 12', 'rca'],
    ['stauts', 'status'],
  ])('%s is a slip for %s', (typed, meant) => {
    expect(read(typed)).toMatchObject({ type: 'unknown', suggestion: meant });
  });

  test('a word that is near nothing gets no suggestion', () => {
    expect(read('hello there')).toEqual({ type: 'unknown', word: 'hello', suggestion: null });
  });
});

test('no two commands answer to one word', () => {
  const words = commands.flatMap((one) => [one.name, ...one.aliases]);
  expect(new Set(words).size).toBe(words.length);
  expect(words.every((word) => word === word.toLowerCase() && !/\s/.test(word))).toBe(true);
});

describe('whatever is typed', () => {
  const anything = fc.oneof(
    fc.string({ maxLength: 200 }),
    fc.string({ unit: 'grapheme', maxLength: 100 }),
    fc.constantFrom('<@U1>', '/ops', '"', '` `', '根因'),
  );

  test('parsing gives one of three answers and never throws', () => {
    fc.assert(fc.property(fc.array(anything, { maxLength: 4 }), (parts) => ['command', 'empty', 'unknown'].includes(read(parts.join(' ')).type)));
  });

  test('cleaning is bounded, one line, and done once', () => {
    fc.assert(
      fc.property(anything, (text) => {
        const once = clean(text);
        expect(once).not.toMatch(/[\n\r\t]|^ | $| {2}/);
        expect(clean(once.replaceAll(/[&<]/g, ''))).toBe(once.replaceAll(/[&<]/g, '').trim().replaceAll(/ +/g, ' '));
      }),
    );
  });

  test('every command is found in any case, under any of its words, with its arguments', () => {
    const word = fc.constantFrom(...commands.flatMap((one) => [one.name, ...one.aliases].map((alias) => ({ name: one.name, alias }))));
    const argument = fc.stringMatching(/^[a-z][a-z0-9/-]{0,20}$/);
    fc.assert(
      fc.property(word, argument, fc.boolean(), fc.constantFrom(' ', '  ', ': ', ', '), ({ name, alias }, text, upper, gap) => {
        expect(read(`${upper ? alias.toUpperCase() : alias}${gap}${text}`)).toEqual(command(name, text));
      }),
    );
  });

  test('quotes around everything come off, quotes inside stay', () => {
    expect(unquote('"a b"')).toBe('a b');
    expect(unquote('`"a"`')).toBe('a');
    expect(unquote('"a" and "b"')).toBe('"a" and "b"');
    expect(unquote('"')).toBe('"');
  });
});
