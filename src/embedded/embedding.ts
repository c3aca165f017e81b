import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Pattern } from '../domain/pattern.ts';
import type { TextEmbedder } from '../domain/ports.ts';
import type { Lexicon } from './lexicon.ts';
import { loadLexicon } from './lexicon-file.ts';
import { type Profile, profileText } from './profile.ts';

const LEXICON_FOLDER = join(import.meta.dirname, 'lexicon');

/** Turns texts into vectors of one length. A name and its dimensions are recorded in the index; others are refused there. */
export interface Embedder extends TextEmbedder {
  /** The same for a text that has been read by the lexicon already; only the built-in embedder can. */
  readonly ofProfile?: (profile: Profile) => Float32Array;
}

const DIMENSIONS = 384;
const WORD_WEIGHT = 0.8;
const GRAM_WEIGHT = 0.15;

let shared: Lexicon | null = null;
/** The built-in lexicon, read once. */
export const builtInLexicon = (): Lexicon => {
  shared ??= loadLexicon(LEXICON_FOLDER);
  return shared;
};

/**
 * An embedding that needs no model: concepts of the operations lexicon (both languages meet there), plain words and
 * character trigrams, each hashed to two signed places (feature hashing, Weinberger et al., ICML 2009). Unit length; 384 numbers.
 */
export function embed(text: string): Float32Array {
  return embedProfile(builtInLexicon(), profileText(builtInLexicon(), text));
}

function embedProfile(lexicon: Lexicon, profile: Profile): Float32Array {
  const vector = new Float32Array(DIMENSIONS);
  for (const [index, strength] of profile.concepts) {
    const concept = lexicon.concepts[index];
    if (concept !== undefined) addHashed(vector, `c:${concept.id}`, concept.weight * strength);
  }
  for (const [word, strength] of profile.words) {
    addHashed(vector, `w:${word}`, WORD_WEIGHT * strength);
    for (let i = 0; i + 3 <= word.length; i += 1) addHashed(vector, `g:${word.slice(i, i + 3)}`, GRAM_WEIGHT * strength);
  }
  return unit(vector);
}

/** The vector at length one; a vector of zeros stays as it is. */
export function unit(vector: Float32Array): Float32Array {
  let square = 0;
  for (const value of vector) square += value * value;
  if (square === 0 || Math.abs(square - 1) < 1e-6) return vector;
  const scale = 1 / Math.sqrt(square);
  return vector.map((value) => value * scale);
}

function addHashed(vector: Float32Array, feature: string, weight: number): void {
  let hash = 2166136261; // FNV-1a, 32 bits
  for (let i = 0; i < feature.length; i += 1) hash = Math.imul(hash ^ feature.charCodeAt(i), 16777619);
  hash ^= hash >>> 15;
  const first = (hash >>> 1) % DIMENSIONS;
  const second = (Math.imul(hash, 2654435761) >>> 1) % DIMENSIONS;
  vector[first] = (vector[first] ?? 0) + (hash & 1 ? weight : -weight);
  vector[second] = (vector[second] ?? 0) + (hash & 0x10000 ? weight : -weight);
}

/** The text of a pattern that its embedding stands for. */
export const patternText = (pattern: Pattern): string => [pattern.title, pattern.description, ...pattern.symptoms, ...pattern.root_causes].join('\n');

/** The built-in embedder. */
export const lexiconEmbedder = (): Embedder => ({
  name: `lexicon/${DIMENSIONS}`,
  dimensions: DIMENSIONS,
  embed: async (texts) => texts.map((text) => embed(text)),
  ofProfile: (profile) => embedProfile(builtInLexicon(), profile),
});

const READING = 'reading 2'; // changes when texts are read another way

/** Changes with any file of the lexicon and with how it is used: an index made with another one is brought up to date. */
export function lexiconDigest(): string {
  const hash = createHash('sha256').update(READING);
  for (const file of readdirSync(LEXICON_FOLDER).sort()) hash.update(readFileSync(join(LEXICON_FOLDER, file)));
  return hash.digest('hex').slice(0, 16);
}
