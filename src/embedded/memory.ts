import type { PatternCategory } from '../domain/pattern.ts';
import type { KnowledgeQuery } from '../domain/ports.ts';
import { type CompactProfile, wordHash } from './compact.ts';
import type { Lexicon } from './lexicon.ts';
import type { Profile } from './profile.ts';
import type { Rarity } from './similarity.ts';

export interface Entry {
  readonly row: number;
  readonly patternId: string;
  readonly title: string;
  readonly category: PatternCategory;
  readonly lastSeen: string | null; // yyyy-mm-dd
  readonly profile: CompactProfile;
}

/** What a search needs of every pattern, in memory (about 1 kB each), and how rare each concept and word is among them. */
export class PatternMemory implements Rarity {
  private readonly entries = new Map<number, Entry>();
  private readonly byId = new Map<string, Entry>();
  private readonly conceptCounts: Float64Array;
  private readonly wordCounts = new Map<number, number>();
  private readonly lexicon: Lexicon;
  private weights: Float32Array | null = null; // importance per concept, until the counts change

  constructor(lexicon: Lexicon) {
    this.lexicon = lexicon;
    this.conceptCounts = new Float64Array(lexicon.concepts.length);
  }

  get size(): number {
    return this.entries.size;
  }

  add(entry: Entry): void {
    this.entries.set(entry.row, entry);
    this.byId.set(entry.patternId, entry);
    this.count(entry.profile, 1);
  }

  remove(patternId: string): void {
    const entry = this.byId.get(patternId);
    if (entry === undefined) return;
    this.entries.delete(entry.row);
    this.byId.delete(patternId);
    this.count(entry.profile, -1);
  }

  at(row: number): Entry | undefined {
    return this.entries.get(row);
  }

  rowOf(patternId: string): number | undefined {
    return this.byId.get(patternId)?.row;
  }

  importance(): Float32Array {
    this.weights ??= Float32Array.from(this.lexicon.concepts, ({ index, kind, weight }) =>
      kind === 'offtopic' ? 0 : weight * rarity(this.conceptCounts[index] ?? 0, this.entries.size),
    );
    return this.weights;
  }

  word(hash: number): number {
    return rarity(this.wordCounts.get(hash) ?? 0, this.entries.size);
  }

  conceptCount(index: number): number {
    return this.conceptCounts[index] ?? 0;
  }

  wordCount(word: string): number {
    return this.wordCounts.get(wordHash(word)) ?? 0;
  }

  /** Rows that pass the query's filters; null when it has none. */
  allowed(query: KnowledgeQuery, service: Profile | null): number[] | null {
    if (query.categories === undefined && query.seenSince === undefined && service === null) return null;
    const rows: number[] = [];
    for (const entry of this.entries.values()) {
      if (query.categories !== undefined && !query.categories.includes(entry.category)) continue;
      if (query.seenSince !== undefined && (entry.lastSeen === null || entry.lastSeen < query.seenSince)) continue;
      if (service !== null && !speaksOf(entry.profile, service)) continue;
      rows.push(entry.row);
    }
    return rows;
  }

  private count(profile: CompactProfile, sign: 1 | -1): void {
    this.weights = null;
    profile.concepts.forEach((index, i) => {
      this.conceptCounts[index] = (this.conceptCounts[index] ?? 0) + sign * (profile.strengths[i] ?? 0);
    });
    for (const word of profile.words) {
      const left = (this.wordCounts.get(word) ?? 0) + sign;
      if (left > 0) this.wordCounts.set(word, left);
      else this.wordCounts.delete(word);
    }
  }
}

/** Smoothed inverse document frequency, scaled to 0..1. */
const rarity = (count: number, all: number): number => Math.log(1 + all / (1 + count)) / Math.log(1 + Math.max(all, 1));

/** The service is named by a concept ("rds", "数据库") or, when the lexicon does not know it, by all of its words. */
function speaksOf(profile: CompactProfile, service: Profile): boolean {
  const named = [...service.concepts].filter(([, strength]) => strength >= 1).map(([concept]) => concept);
  if (named.length > 0) return named.some((concept) => profile.concepts.some((index, i) => index === concept && (profile.strengths[i] ?? 0) >= 0.5));
  const words = [...service.words.keys()].map(wordHash);
  return words.length > 0 && words.every((word) => profile.words.includes(word));
}
