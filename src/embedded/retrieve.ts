import { OpsError } from '../domain/errors.ts';
import type { PatternMatch } from '../domain/pattern.ts';
import type { KnowledgeQuery } from '../domain/ports.ts';
import { type Embedder, unit } from './embedding.ts';
import type { Concept, Lexicon } from './lexicon.ts';
import type { Entry, PatternMemory } from './memory.ts';
import { type Profile, profileText } from './profile.ts';
import { QueryScorer } from './similarity.ts';
import type { KnowledgeTables, Near } from './tables.ts';
import { isHan } from './text.ts';

const MAX_QUERY = 4000; // characters read of a query
const MAX_LIMIT = 50;
const CANDIDATES = 24; // from the vectors, and again from the words
const POSTINGS = 600; // rows the full-text side may touch
const MAX_TERMS = 8;
const FEW = 8; // too few to say what stands out
const SUPPORT = 0.7;
const WHY_CONCEPTS = 6;
const WHY_ALL = 10;

interface Index {
  readonly tables: KnowledgeTables;
  readonly memory: PatternMemory;
  readonly lexicon: Lexicon;
  readonly embedder: Embedder | null; // null: by words alone
  /** The rows nearest to a vector of length one; of these rows only, unless null. */
  near(vector: Float32Array, limit: number, rows: readonly number[] | null): readonly Near[] | Promise<readonly Near[]>;
}

/** Candidates by vector and by word, weighed by the lexicon; the best first, each with what it has in common with the text. */
export async function retrieve(index: Index, query: KnowledgeQuery, signal: AbortSignal): Promise<readonly PatternMatch[]> {
  const { tables, memory, lexicon } = index;
  const text = query.text.slice(0, MAX_QUERY);
  const limit = Math.min(Math.max(1, Math.trunc(query.limit)), MAX_LIMIT);
  const rows = memory.allowed(query, query.service === undefined ? null : profileText(lexicon, query.service.slice(0, 200)));
  if (text.trim() === '' || memory.size === 0 || rows?.length === 0) return [];
  const profile = profileText(lexicon, text);
  const said = tables.byWords(terms(memory, profile), CANDIDATES, rows); // before anything is awaited: rows may change meanwhile
  const near = await byVector(index, text, profile, rows, signal);
  const candidates = new Set([...said, ...near.map(({ rowid }) => rowid)]);
  const support = index.embedder?.ofProfile === undefined ? supportOf(near) : NO_SUPPORT;
  const scorer = new QueryScorer(lexicon, memory, profile);
  return [...candidates]
    .map((row) => memory.at(row))
    .filter((entry): entry is Entry => entry !== undefined)
    .map((entry) => ({ entry, similarity: scorer.score(entry.profile, support.get(entry.row)) }))
    .filter(({ similarity }) => similarity > 0)
    .sort((a, b) => b.similarity - a.similarity || (a.entry.patternId < b.entry.patternId ? -1 : 1))
    .slice(0, limit)
    .map(({ entry, similarity }) => ({
      patternId: entry.patternId,
      title: entry.title,
      category: entry.category,
      similarity,
      why: why(entry, lexicon, scorer, profile, isHan(text)),
    }));
}

/** An embedder that does not answer costs recall, not the search. */
async function byVector(index: Index, text: string, profile: Profile, rows: readonly number[] | null, signal: AbortSignal): Promise<readonly Near[]> {
  if (index.embedder === null) return [];
  try {
    const vector = index.embedder.ofProfile?.(profile) ?? (await index.embedder.embed([text], signal, 'query'))[0];
    return vector === undefined ? [] : await index.near(unit(vector), CANDIDATES, rows);
  } catch (error) {
    if (signal.aborted) throw new OpsError('unavailable', 'The pattern search was stopped.', 'Try again.', { cause: error });
    return [];
  }
}

const NO_SUPPORT: ReadonlyMap<number, number> = new Map();

/**
 * What a model says beside the lexicon: how far a pattern stands out from the others that it holds near, in standard deviations, so
 * that models whose cosines lie high or low count alike. Added to the score where it is more than one.
 */
function supportOf(near: readonly Near[]): ReadonlyMap<number, number> {
  const cosines = near.map(({ distance }) => 1 - (distance * distance) / 2);
  const mean = cosines.reduce((sum, one) => sum + one, 0) / cosines.length;
  const deviation = Math.sqrt(cosines.reduce((sum, one) => sum + (one - mean) ** 2, 0) / cosines.length);
  if (near.length < FEW || !(deviation > 0)) return NO_SUPPORT;
  return new Map(near.map(({ rowid }, i) => [rowid, SUPPORT * Math.max(0, ((cosines[i] ?? mean) - mean) / deviation - 1)]));
}

/** The rarest terms first, as many as keep the work bounded. */
function terms(memory: PatternMemory, profile: Profile): string[] {
  const known = [
    ...[...profile.concepts.keys()].map((concept) => ({ term: `c${concept}x`, count: memory.conceptCount(concept) })),
    ...[...profile.words.keys()].map((word) => ({ term: word, count: memory.wordCount(word) })),
  ];
  let budget = POSTINGS;
  const chosen: string[] = [];
  for (const { term, count } of known.filter((one) => one.count > 0).sort((a, b) => a.count - b.count)) {
    if (chosen.length === MAX_TERMS || (chosen.length > 0 && count > budget)) break;
    chosen.push(term);
    budget -= count;
  }
  return chosen;
}

/** What both say, in words of the language that was asked in. */
function why(entry: Entry, lexicon: Lexicon, scorer: QueryScorer, profile: Profile, chinese: boolean): string[] {
  const label = (concept: Concept | undefined): string => (chinese ? concept?.zh : concept?.en) ?? '';
  const labels = scorer.shared(entry.profile, WHY_CONCEPTS).map((index) => label(lexicon.concepts[index]));
  const words = scorer.sharedWordsOf(entry.profile, profile).map((word) => label(lexicon.term(word)) || word.replace('#', '').slice(0, 200));
  return [...new Set([...labels.filter(Boolean), ...words])].slice(0, WHY_ALL);
}
