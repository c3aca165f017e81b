import type { Pattern } from '../domain/pattern.ts';
import type { Duplicate } from '../domain/requests.ts';
import { extractFeatures } from './features.ts';

/** Over this two patterns are offered for merging. */
const DUPLICATE = 0.8;

/**
 * Patterns that look like the same problem as this one, the likest first. By their embeddings where both have one of the same
 * length and by what they name (services, metrics, errors), otherwise by their words; a pattern is no duplicate of itself.
 */
export function nearDuplicates(pattern: Pattern, others: readonly Pattern[]): Duplicate[] {
  const names = namesOf(pattern);
  return others
    .filter((other) => other.pattern_id !== pattern.pattern_id)
    .map((other) => ({ patternId: other.pattern_id, title: other.title, likeness: likeness(pattern, names, other) }))
    .filter((one) => one.likeness >= DUPLICATE)
    .sort((a, b) => b.likeness - a.likeness);
}

function likeness(pattern: Pattern, names: ReadonlySet<string>, other: Pattern): number {
  if (pattern.title.trim().toLowerCase() === other.title.trim().toLowerCase()) return 1;
  const angle = cosine(pattern.embedding, other.embedding);
  const found = angle === null ? overlap(wordsOf(pattern), wordsOf(other)) : 0.75 * angle + 0.25 * overlap(names, namesOf(other));
  return Math.round(found * 100) / 100;
}

function wordsOf(pattern: Pattern): ReadonlySet<string> {
  const text = [pattern.title, ...pattern.symptoms].join(' ').toLowerCase();
  return new Set(text.match(/[\p{Script=Latin}\p{N}_]{3,}|\p{Script=Han}/gu) ?? []);
}

function namesOf(pattern: Pattern): ReadonlySet<string> {
  const { services, metrics, errors } = extractFeatures(pattern);
  return new Set([...services, ...metrics, ...errors].map((name) => name.toLowerCase()));
}

/** Jaccard: shared over all. */
function overlap(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  const all = a.union(b).size;
  return all === 0 ? 0 : a.intersection(b).size / all;
}

function cosine(a: readonly number[] | undefined, b: readonly number[] | undefined): number | null {
  if (a === undefined || b === undefined || a.length !== b.length) return null;
  let dot = 0;
  let left = 0;
  let right = 0;
  a.forEach((value, i) => {
    dot += value * (b[i] ?? 0);
    left += value * value;
    right += (b[i] ?? 0) ** 2;
  });
  return left === 0 || right === 0 ? null : dot / Math.sqrt(left * right);
}
