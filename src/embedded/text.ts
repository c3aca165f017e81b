import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Jieba } from '@node-rs/jieba';

/** Longer texts are read only this far (UTF-16 units); a pattern is far shorter. */
const MAX_TEXT = 8000;

const HAN = /\p{Script=Han}/u;
const PIECES = /\p{Script=Han}|[a-z]+-\*|[\p{L}\p{N}]+|[<>%*]/gu;
const AWS_IDS = /\b(i|vol|snap|sg|eni|ami|subnet|vpc|rtb|nat)-[0-9a-f]{4,17}\b/gi;
const KEY_IDS = /\b(AKIA|ASIA)[A-Z0-9]{4,}/g;
const DB_SIZES = /\bdb\.[a-z]\d[a-z]{0,3}\.\w+/gi;
const SIZES =
  /\b(?:(?:[cmrtigxz]\d[a-z]{0,3}|p\d|inf\d|trn\d|hpc\d[a-z])\.(?:nano|micro|small|medium|metal|\d*x?large)|[cmrx][4-8](?:i|a|g|gd|id|in|n|gn|idn|ad)?|\d{1,2}xlarge)\b/gi;
const CVE_IDS = /\bCVE-\d{2,}(-\d+)?\b/gi;

/**
 * Text as a list of small tokens that both languages share: one per Chinese character, one stemmed lower-case word per
 * Latin word, camel case and snake case split (`StatusCheckFailed_System` → status check fail system). Any text is safe.
 */
export function tokenise(text: string): string[] {
  const plain = text
    .slice(0, MAX_TEXT)
    .normalize('NFKC')
    .replace(AWS_IDS, ' $1-* ')
    .replace(KEY_IDS, ' akia-* ')
    .replace(CVE_IDS, ' cve-* ')
    .replace(DB_SIZES, ' db-* ')
    .replace(SIZES, ' type-* ')
    .replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
    .replace(/(\p{Lu})(\p{Lu}\p{Ll}{2})/gu, '$1 $2')
    .replace(/[’']s\b/g, '')
    .replace(/n[’']t\b/g, 'nt')
    .toLowerCase();
  return (plain.match(PIECES) ?? []).map(stem);
}

/** Words whose stem would be another word: "mining" is not "min", CORS are no cores, a note is no "not". */
const WHOLE = new Set('mining cors note none during string nothing bring king ring spring sing wing being ping herring'.split(' '));

/** A few suffix rules, the same for lexicon and text; meeting is all that matters, not real stems. */
export function stem(word: string): string {
  if (word.length < 4 || !/^[a-z]+$/.test(word) || WHOLE.has(word)) return word;
  let base = word;
  if (base.endsWith('ies') && base.length > 4) base = `${base.slice(0, -3)}y`;
  else if (/(ss|sh|ch|x|z)es$/.test(base)) base = base.slice(0, -2);
  else if (base.endsWith('s') && !/(ss|us|is)$/.test(base)) base = base.slice(0, -1);
  if (WHOLE.has(base)) return base;
  const suffix = /(ing|(?<!e)ed)$/.exec(base)?.[0];
  if (suffix !== undefined) {
    const rest = base.slice(0, -suffix.length);
    if (rest.length >= 3 && /[aeiouy]/.test(rest)) base = /([bdfgmnprt])\1$/.test(rest) ? rest.slice(0, -1) : rest;
  }
  return base.length > 3 && base.endsWith('e') ? base.slice(0, -1) : base;
}

export const isHan = (token: string): boolean => HAN.test(token);

let segmenter: Jieba | null = null;
/** Words of a run of Chinese text (segmenter and dictionary, some 30 MB, are loaded at the first call, about 50 ms). */
export function segment(run: string): string[] {
  segmenter ??= loadSegmenter();
  return segmenter.cut(run, false);
}

/** The package's own module of the dictionary reads a second one beside it, and keeps the bytes of both. */
function loadSegmenter(): Jieba {
  const require = createRequire(import.meta.url);
  const { Jieba: Segmenter } = require('@node-rs/jieba') as typeof import('@node-rs/jieba');
  return Segmenter.withDict(readFileSync(require.resolve('@node-rs/jieba/dict.txt')));
}
