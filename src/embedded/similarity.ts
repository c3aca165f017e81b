import { type CompactProfile, wordHash } from './compact.ts';
import type { Lexicon } from './lexicon.ts';
import type { Profile } from './profile.ts';

/**
 * Logistic calibration of "these two are the same problem", fitted by gradient descent on labelled pairs of queries and
 * patterns in both languages and then shifted so that unrelated texts stay under 0.7 (docs/scoring/retrieval.md). `onlyThings`:
 * naming the same thing is not having the same problem, when no symptom, state or condition is shared.
 */
const CALIBRATION = { bias: -6, coverage: 4.4, title: 3.2, evidence: 0.8, cosine: 4.4, words: 4.3, sharpest: 0.5, offTopic: -4.5, onlyThings: -1 };
const PROBLEM_KINDS = new Set(['condition', 'compound', 'symptom', 'state', 'cause']);

/** How much things tell, by how rare they are among the indexed patterns: what every pattern says tells nothing. */
export interface Rarity {
  /** Per concept of the lexicon: its own weight times how rare it is. */
  importance(): Float32Array;
  word(hash: number): number;
}

/** Weighs a query's reading against patterns. Made once per query; `score` is the hot loop of a search. */
export class QueryScorer {
  private readonly rarity: Rarity;
  private readonly importance: Float32Array; // per concept of the lexicon
  private readonly strength: Float32Array; // of the query, per concept
  private readonly isProblem: readonly boolean[];
  private readonly words: ReadonlyMap<number, number>;
  private total = 0;
  private norm = 0;
  private sharpest = 0;
  private offTopic = 0;

  constructor(lexicon: Lexicon, rarity: Rarity, query: Profile) {
    this.rarity = rarity;
    this.importance = rarity.importance();
    this.isProblem = lexicon.concepts.map(({ kind }) => PROBLEM_KINDS.has(kind));
    this.strength = new Float32Array(lexicon.concepts.length);
    this.words = new Map([...query.words].map(([word, strength]) => [wordHash(word), strength]));
    for (const [concept, strength] of query.concepts) {
      if (lexicon.concepts[concept]?.kind === 'offtopic') this.offTopic += strength;
      this.strength[concept] = strength;
      const weight = (this.importance[concept] ?? 0) * strength;
      this.total += weight;
      this.norm += weight * weight;
      this.sharpest = Math.max(this.sharpest, weight);
    }
  }

  /** Similarity 0..1. `support`: what an embedding model adds to the evidence, as a logit; nothing for what shares nothing with the query. */
  score(pattern: CompactProfile, support = 0): number {
    const { concepts, strengths, titles } = pattern;
    let evidence = 0;
    let dot = 0;
    let norm = 0;
    let sharpest = 0;
    let title = 0;
    let covered = 0;
    let problem = false;
    for (let i = 0; i < concepts.length; i += 1) {
      const concept = concepts[i] ?? 0;
      const importance = this.importance[concept] ?? 0;
      const said = this.strength[concept] ?? 0;
      const strength = strengths[i] ?? 0;
      const weight = importance * strength;
      norm += weight * weight;
      title += importance * (titles[i] ?? 0);
      if (said === 0) continue;
      const value = weight * said;
      evidence += value;
      dot += importance * value;
      sharpest = Math.max(sharpest, value);
      problem ||= this.isProblem[concept] ?? false;
      covered += importance * (titles[i] ?? 0) * said;
    }
    const words = this.sharedWords(pattern);
    if (evidence === 0 && words === 0) return 0;
    const c = CALIBRATION;
    const logit =
      c.bias +
      support +
      c.coverage * ratio(evidence, this.total) +
      c.title * ratio(covered, title) +
      c.evidence * Math.log1p(evidence) +
      c.cosine * ratio(dot, Math.sqrt(this.norm * norm)) +
      c.words * Math.log1p(words) +
      c.sharpest * ratio(sharpest, this.sharpest) +
      c.offTopic * (this.offTopic / (1 + evidence / 3)) +
      (problem ? 0 : c.onlyThings);
    return 1 / (1 + Math.exp(-logit));
  }

  /** The concepts both have, the most telling first. */
  shared(pattern: CompactProfile, limit: number): number[] {
    const found: { concept: number; value: number }[] = [];
    pattern.concepts.forEach((concept, i) => {
      const value = (this.importance[concept] ?? 0) * (this.strength[concept] ?? 0) * (pattern.strengths[i] ?? 0);
      if (value > 0) found.push({ concept, value });
    });
    return found
      .sort((a, b) => b.value - a.value)
      .slice(0, limit)
      .map(({ concept }) => concept);
  }

  /** Plain words of the query that the pattern has too. */
  sharedWordsOf(pattern: CompactProfile, query: Profile): string[] {
    return [...query.words.keys()].filter((word) => pattern.words.includes(wordHash(word)));
  }

  private sharedWords(pattern: CompactProfile): number {
    if (this.words.size === 0) return 0;
    let sum = 0;
    for (let i = 0; i < pattern.words.length; i += 1) {
      const word = pattern.words[i] ?? 0;
      sum += (this.words.get(word) ?? 0) * (pattern.wordStrengths[i] ?? 0) * this.rarity.word(word);
    }
    return sum;
  }
}

const ratio = (part: number, whole: number): number => (whole > 0 ? part / whole : 0);
