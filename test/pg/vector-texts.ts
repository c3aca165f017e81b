import { createHash } from 'node:crypto';
import { QUERIES } from '../../bench/search.ts';
import type { Embedder } from '../../src/embedded/embedding.ts';

/** What is asked of both indexes: English, Chinese, names of metrics, words that no pattern has, and nothing to do with it. */
export const TEXTS: readonly string[] = [
  ...QUERIES,
  'disk full',
  'S3 bucket readable by anybody',
  'access key was leaked on a public page',
  'queue grows and nobody takes messages',
  'memory leak, the process is killed at night',
  'zqx wvk',
];

/**
 * A model that is none: every pair of characters, of whatever language, adds something to every number (at most 64 of them), as with a real
 * one no two distances are the same by chance. `texts` are those it was asked to embed, queries left out.
 */
export function standIn(name: string, dimensions: number): Embedder & { readonly texts: readonly string[] } {
  const texts: string[] = [];
  const embed = async (asked: readonly string[], _signal: AbortSignal, use?: string): Promise<Float32Array[]> => {
    if (use !== 'query') texts.push(...asked);
    return asked.map((text) => vectorOf(name, text, dimensions));
  };
  return { name: `${name}/${dimensions}`, dimensions, texts, embed };
}

function vectorOf(seed: string, text: string, dimensions: number): Float32Array {
  const vector = new Float32Array(dimensions);
  for (let at = 0; at < text.length; at += 1) {
    const digest = createHash('sha512')
      .update(seed + text.slice(at, at + 2).toLowerCase())
      .digest();
    for (let i = 0; i < dimensions; i += 1) vector[i] = (vector[i] ?? 0) + digest.readInt8(i);
  }
  return vector;
}
