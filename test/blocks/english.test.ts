import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { explanationsZh } from '../../blocks/locales/explanations-zh.ts';
import { translated } from '../../blocks/locales/sentences-zh.ts';
import { commands } from '../../commands/registry.ts';
import { usageIn } from '../../commands/usage.ts';
import { type Literal, literalsOf } from '../support/literals.ts';

// Heuristics over the source: they find what somebody forgot to say in Chinese, not everything there is.
const root = new URL('../../', import.meta.url);
function filesIn(folder: string): readonly (readonly [file: string, code: string])[] {
  const names = readdirSync(new URL(folder, root), { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
  return names.map((name) => [`${folder}/${name}`, readFileSync(new URL(`${folder}/${name}`, root), 'utf8')]);
}
const isChinese = (text: string): boolean => /[\u4e00-\u9fff]/.test(text);
const isSentence = (text: string): boolean => /[A-Za-z]{2,} [a-z]{2,}/.test(text.replaceAll(/<[^>]*>/g, ''));
const inside = (literal: Literal, calls: RegExp): boolean => literal.calls.some((call) => calls.test(call));

/** Usage lines are said by `usageIn`, which has a test of its own below. */
const withoutUsage = (code: string): string => code.replaceAll(/^ {2,4}usage: '[^']*',$/gm, '');

/** Sentences put together from parts that have their Chinese each, and what the operator alone reads. */
const KNOWN_IN_PARTS = [
  /^The config is not valid:/,
  /^no answer within X s$/,
  /^it is X$/,
  /^"X" is not the name of X X\.$/,
  /^X is a X, not an incident\.$/,
  /^Too late to X X: X\.$/,
];

describe('what people read', () => {
  it('comes with Chinese where the loop explains something', () => {
    const sources = filesIn('src').filter(([file]) => !file.startsWith('src/sandbox/'));
    const written = sources.flatMap(([, code]) => [...code.matchAll(/\bexplain\(\s*'([\w.]+)'/g)].map((match) => match[1] ?? ''));
    const begun = sources.flatMap(([, code]) => [...code.matchAll(/\bexplain\(\s*`([a-z._]+)\$\{/g)].map((match) => match[1] ?? ''));
    expect(written.length).toBeGreaterThan(60);
    expect([...new Set(written)].filter((code) => !Object.hasOwn(explanationsZh, code))).toEqual([]);
    const plain = new Set(['dry_run.']); // its sentence is one of those below
    expect([...new Set(begun)].filter((prefix) => !plain.has(prefix) && !Object.keys(explanationsZh).some((code) => code.startsWith(prefix)))).toEqual([]);
  });

  it('comes with Chinese where a dry run says what would happen', () => {
    const said = filesIn('src/aws/remediation').flatMap(([, code]) =>
      [...code.matchAll(/effect: (`[^`]*`|'[^']*')/g)].flatMap(([, literal]) => literalsOf(literal ?? '')),
    );
    const sentences = said.map(({ text }) => text).filter((text) => isSentence(text) && !/^(?:the access key|them|it| and |X access keys)$/.test(text));
    expect(sentences.length).toBeGreaterThan(25);
    expect(sentences.filter((text) => !isChinese(translated(text)))).toEqual([]);
  });

  it('comes with Chinese where somebody is refused in Slack', () => {
    // What only the operator of the process meets (at the start, on the command line) stays English.
    const elsewhere = /tokens|learning\/(?:history|log)|slack\/(?:app|bolt|connection|settings)\.ts/;
    const sources = ['src/loop', 'src/action', 'src/slack', 'src/domain', 'src/charts', 'commands'].flatMap(filesIn).filter(([file]) => !elsewhere.test(file));
    const said = sources.flatMap(([file, code]) =>
      literalsOf(code).flatMap((one) => (one.calls.at(-1) === 'OpsError' && isSentence(one.text) ? [{ file, ...one }] : [])),
    );
    const english = said.filter(({ text }) => !isChinese(translated(text)) && !KNOWN_IN_PARTS.some((part) => part.test(text)));
    expect(said.length).toBeGreaterThan(150);
    expect(english.map(({ file, text }) => `${file}: ${text}`)).toEqual([]);
  });

  it('is not written into cards, windows and answers past the tables of words', () => {
    const elsewhere = /blocks\/(?:locales\/|limits)|commands\/(?:words|usage|registry|arguments)\.ts|src\/slack\/(?:missing|settings|connection)\.ts/;
    const aside = /^(?:(?:\w+\.)*log\.\w+|logFailure|OpsError|Error|explain|\w*\.(?:needs|example)|required)$/;
    const sources = ['blocks', 'commands', 'src/slack'].flatMap(filesIn).filter(([file]) => !elsewhere.test(file));
    const sentences = sources.flatMap(([file, code]) =>
      literalsOf(withoutUsage(code)).flatMap((one) => (isSentence(one.text) && !inside(one, aside) ? [`${file}: ${one.text}`] : [])),
    );
    expect(sentences).toEqual([]);
  });

  it('says how each command is used, in Chinese too', () => {
    const words = commands.flatMap(({ usage }) => [...usageIn('zh', usage).matchAll(/[<[]([^<>[\]]+)[>\]]/g)].map((match) => match[1] ?? ''));
    expect(words.filter((word) => !isChinese(word) && !['me', 'reload'].includes(word))).toEqual([]);
    expect(usageIn('en', '<plan> [reason]')).toBe('<plan> [reason]');
  });

  it('is found by these heuristics when it is there', () => {
    const code = [
      "const a = say('x'); // a comment says so",
      'section(`*$' + "{bold('Not in a table')}* of words`);",
      "throw new OpsError('x', 'Refused like this.');",
      "const r = /it's fine/;",
    ].join('\n');
    expect(literalsOf(code)).toEqual([
      { text: 'x', calls: ['say'] },
      { text: 'Not in a table', calls: ['section', 'bold'] },
      { text: '*X* of words', calls: ['section'] },
      { text: 'x', calls: ['OpsError'] },
      { text: 'Refused like this.', calls: ['OpsError'] },
    ]);
  });
});
