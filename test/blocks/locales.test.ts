import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { analysisCard } from '../../blocks/analysis.ts';
import { en } from '../../blocks/locales/en.ts';
import { explanationsZh } from '../../blocks/locales/explanations-zh.ts';
import { explained, type Key, say, sayIfKnown } from '../../blocks/locales/say.ts';
import { sentencesZh, translated } from '../../blocks/locales/sentences-zh.ts';
import { zh } from '../../blocks/locales/zh.ts';
import { explain } from '../../src/domain/explanation.ts';

const root = new URL('../../', import.meta.url);
function sources(folder: string): string {
  const files = readdirSync(new URL(folder, root), { recursive: true, encoding: 'utf8' }).filter(
    (file) => file.endsWith('.ts') && !/locales\/(en|zh|.*-zh)\.ts$/.test(file),
  );
  return files.map((file) => readFileSync(new URL(`${folder}/${file}`, root), 'utf8')).join('\n');
}
const placeholders = (template: string): string[] => [...new Set([...template.matchAll(/\{(\w+)/g)].map((match) => match[1] ?? ''))].sort();

describe('the tables of words', () => {
  it('have the same keys', () => {
    expect(Object.keys(zh).sort()).toEqual(Object.keys(en).sort());
  });

  it('have the same placeholders', () => {
    for (const key of Object.keys(en) as Key[]) expect(placeholders(zh[key]), key).toEqual(placeholders(en[key]));
  });

  it('hold no key that no card says', () => {
    const code = sources('blocks');
    const used = new Set([...code.matchAll(/'([a-z][\w.]+)'/g)].map((match) => match[1]));
    const prefixes = [...code.matchAll(/`([a-z][a-z_]*\.(?:[a-z_]+\.)*)\$\{/g)].map((match) => match[1] ?? '');
    expect(Object.keys(en).filter((key) => !used.has(key) && !prefixes.some((prefix) => key.startsWith(prefix)))).toEqual([]);
  });

  it('have Chinese where there should be Chinese', () => {
    const same = (Object.keys(en) as Key[]).filter(
      (key) => zh[key] === (en[key] as string) && !/^(help\.usage|plan\.via|status\.source_down|param\.gb|language\.|storm\.since)/.test(key),
    );
    expect(same).toEqual([]);
  });

  it('name every action as the catalogue does', () => {
    const actions = [...sources('src/action/catalogue').matchAll(/name: '([a-z_]+)',\s*title: '([^']*)'/g)];
    expect(actions.length).toBeGreaterThan(15);
    for (const [, name, title] of actions) expect(sayIfKnown('en', `action.${name}`)).toBe(title);
  });
});

describe('sentences', () => {
  it('choose the word by the number', () => {
    expect(say('en')('incident.more_signals', { n: 1 })).toBe('+ 1 more signal');
    expect(say('en')('incident.more_signals', { n: 3 })).toBe('+ 3 more signals');
    expect(say('zh')('incident.more_signals', { n: 3 })).toBe('另有 3 个信号');
  });

  it('do not fill what a value says', () => {
    expect(say('en')('plan.ended_by', { who: '{reason}', reason: '$& {who}' })).toBe('By {reason}: $& {who}');
  });

  it('of an unknown code are said in English', () => {
    expect(explained(explain('no.such.code', 'It is {n}.', { n: 3 }), 'zh')).toBe('It is 3.');
    expect(explained(explain('constructor', 'Plain.'), 'zh')).toBe('Plain.');
  });
});

describe('Chinese sentences of the agents', () => {
  const code = sources('src');
  const templates = new Map(
    [...code.matchAll(/explain\(\s*'([\w.]+)',\s*(?:'((?:[^'\\]|\\.)*)'|`([^`]*)`|"([^"]*)")/g)].map((m) => [
      m[1] ?? '',
      (m[2] ?? m[3] ?? m[4] ?? '').replaceAll("\\'", "'"),
    ]),
  );

  const prefixes = [...code.matchAll(/explain\(`([a-z._]+)\$\{/g)].map((match) => match[1] ?? '');

  it('belong to codes that the agents use', () => {
    // a code is written out, or begins with a written part (`detect.threshold_${side}`)
    const isUsed = (key: string): boolean => code.includes(`'${key}'`) || prefixes.some((prefix) => key.startsWith(prefix));
    expect(Object.keys(explanationsZh).filter((key) => !isUsed(key))).toEqual([]);
  });

  it('use only placeholders of the English sentence', () => {
    for (const [key, template] of Object.entries(explanationsZh)) {
      const english = templates.get(key);
      if (english !== undefined) expect(placeholders(english), key).toEqual(expect.arrayContaining(placeholders(template)));
    }
  });
});

describe('causes', () => {
  it('are said in Chinese, each kind in its own words', () => {
    const kinds = [...sources('src/rca').matchAll(/^ {2}([a-z]+): '[^']*\{resource\}[^']*',$/gm)].map((match) => match[1] ?? '');
    expect(kinds.length).toBeGreaterThan(20);
    const said = [...kinds, 'unknown'].map((kind) => explained(explain(`rca.cause.${kind}`, 'In English: {resource}.', { resource: 'ecs/checkout' }), 'zh'));
    expect(said.filter((text) => !/[\u4e00-\u9fff]/.test(text) || !text.includes('ecs/checkout'))).toEqual([]);
    expect(new Set(said).size).toBe(said.length);
  });

  it('stand on the card in the language of its reader', () => {
    const cause = explain('rca.cause.leak', 'Memory of {resource} grows and is not given back.', { resource: 'ecs/checkout' });
    const hypothesis = { resourceId: 'ecs/checkout', cause, kind: 'leak', confidence: 0.9, evidence: [] };
    const report = { incident: null, title: 'INC-1', analysis: { atMs: 0, hypotheses: [hypothesis], gaps: [], solutions: [], summary: cause } };
    const card = (locale: 'en' | 'zh') => JSON.stringify(analysisCard(report, { locale, nowMs: 0 }));
    expect(card('zh')).toContain('的内存持续增长且不释放');
    expect(card('zh')).not.toContain('not given back');
    expect(card('en')).toContain('not given back');
  });
});

describe('Chinese of plain sentences', () => {
  it('take over what the English sentence names', () => {
    for (const [english, chinese] of Object.entries(sentencesZh)) {
      const values = Object.fromEntries(placeholders(english).map((name, index) => [name, `X${index}`]));
      const fill = (template: string): string => template.replaceAll(/\{(\w+)\}/g, (_, name: string) => values[name] ?? '?');
      expect(translated(fill(english)), english).toBe(fill(chinese));
    }
  });

  it('leave an unknown sentence as it is', () => {
    expect(translated('Something nobody foresaw.')).toBe('Something nobody foresaw.');
  });
});
