import type { PatternProfile } from './profile.ts';

/** A pattern's profile as plain arrays: under 1 kB, quick to score, kept in the index as one blob. */
export interface CompactProfile {
  readonly concepts: Float32Array; // indexes into the lexicon
  readonly strengths: Float32Array;
  readonly titles: Float32Array; // the strength each concept has in the title, 0 when absent there
  readonly words: Float32Array; // wordHash of each plain word
  readonly wordStrengths: Float32Array;
}

/** 24 bits, so that a 32-bit float holds it exactly. */
export function wordHash(word: string): number {
  let hash = 2166136261;
  for (let i = 0; i < word.length; i += 1) hash = Math.imul(hash ^ word.charCodeAt(i), 16777619);
  return (hash ^ (hash >>> 13)) & 0xffffff;
}

export function compact(profile: PatternProfile): CompactProfile {
  const concepts = [...profile.concepts];
  const words = [...profile.words];
  return {
    concepts: Float32Array.from(concepts, ([index]) => index),
    strengths: Float32Array.from(concepts, ([, strength]) => strength),
    titles: Float32Array.from(concepts, ([index]) => profile.title.get(index) ?? 0),
    words: Float32Array.from(words, ([word]) => wordHash(word)),
    wordStrengths: Float32Array.from(words, ([, strength]) => strength),
  };
}

/** Counts first, then the five arrays. */
export function encodeProfile(p: CompactProfile): Buffer {
  const flat = new Float32Array([p.concepts.length, p.words.length, ...p.concepts, ...p.strengths, ...p.titles, ...p.words, ...p.wordStrengths]);
  return Buffer.from(flat.buffer);
}

export function decodeProfile(blob: Buffer): CompactProfile {
  const flat = new Float32Array(new Uint8Array(blob).buffer);
  const concepts = flat[0] ?? 0;
  const words = flat[1] ?? 0;
  let at = 2;
  const take = (length: number): Float32Array => {
    at += length;
    return flat.subarray(at - length, at);
  };
  return { concepts: take(concepts), strengths: take(concepts), titles: take(concepts), words: take(words), wordStrengths: take(words) };
}
