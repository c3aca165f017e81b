import type { Explanation } from '../../src/domain/explanation.ts';
import { en } from './en.ts';
import { explanationsZh } from './explanations-zh.ts';
import { translated } from './sentences-zh.ts';
import { zh } from './zh.ts';

type Table = typeof en;
export type Key = keyof Table;

// `{n|approval|approvals}` names the same placeholder as `{n}` and chooses the word for one or for more.
type NameOf<Inside extends string> = Inside extends `${infer Name}|${string}` ? Name : Inside;
type Names<Template> = Template extends `${string}{${infer Inside}}${infer Rest}` ? NameOf<Inside> | Names<Rest> : never;
type Args<K extends Key> = [Names<Table[K]>] extends [never] ? [] : [params: Record<Names<Table[K]>, string | number>];

export type Say = <K extends Key>(key: K, ...args: Args<K>) => string;

const PLACEHOLDER = /\{(\w+)(?:\|([^|}]*)\|([^|}]*))?\}/g;

function fill(template: string, params: Readonly<Record<string, string | number>>): string {
  return template.replaceAll(PLACEHOLDER, (whole, name: string, one: string | undefined, other: string | undefined) => {
    const value = params[name];
    if (value === undefined) return whole;
    if (one === undefined || other === undefined) return String(value);
    return Number(value) === 1 ? one : other;
  });
}

/** The sentences of one language. Parameters go in as they are: make those that come from data safe first. */
export function say(locale: 'en' | 'zh'): Say {
  const table: Record<Key, string> = locale === 'zh' ? zh : en;
  return (key, ...args) => fill(table[key], args[0] ?? {});
}

/** A word that may be missing (an action of the catalogue, an audit verb): null then. */
export function sayIfKnown(locale: 'en' | 'zh', key: string): string | null {
  const table: Readonly<Record<string, string>> = locale === 'zh' ? zh : en;
  return Object.hasOwn(table, key) ? (table[key] ?? null) : null;
}

/** A plain English sentence (an error, a title, what an action touches) in the reader's language when it is known. Not escaped. */
export const localised = (sentence: string, locale: 'en' | 'zh'): string => (locale === 'zh' ? translated(sentence) : sentence);

const SPAN = /^(\d+(?:\.\d+)?)\s(s|min|h|d)$/;
const UNITS: Readonly<Record<string, string>> = { s: '秒', min: '分钟', h: '小时', d: '天' };

/** What fills a Chinese sentence: a span of time, or a sentence that is known. */
function inChinese(value: string): string {
  const [, number, unit] = SPAN.exec(value) ?? [];
  return number === undefined || unit === undefined ? translated(value) : `${number} ${UNITS[unit] ?? unit}`;
}

/** An explanation in the reader's language; its English sentence when there is none. Not escaped. */
export function explained(explanation: Explanation, locale: 'en' | 'zh'): string {
  if (locale === 'en') return explanation.text;
  const template = Object.hasOwn(explanationsZh, explanation.code) ? explanationsZh[explanation.code] : undefined;
  if (template === undefined) return translated(explanation.text);
  const params = Object.entries(explanation.params).map(([name, value]) => [name, typeof value === 'string' ? inChinese(value.trim()) : value]);
  return fill(template, Object.fromEntries(params));
}
