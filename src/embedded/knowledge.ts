import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { load as loadVectors } from 'sqlite-vec';
import { OpsError } from '../domain/errors.ts';
import type { Pattern, PatternMatch } from '../domain/pattern.ts';
import type { KnowledgeBase, KnowledgeQuery } from '../domain/ports.ts';
import { compact } from './compact.ts';
import { builtInLexicon, type Embedder, lexiconDigest, lexiconEmbedder, patternText, unit } from './embedding.ts';
import type { Lexicon } from './lexicon.ts';
import { type Entry, PatternMemory } from './memory.ts';
import { type Profile, plainWords, profilePattern, profileText } from './profile.ts';
import { QueryScorer } from './similarity.ts';
import { KnowledgeTables } from './tables.ts';
import { isHan, tokenise } from './text.ts';

const MAX_PATTERNS = 100_000;
const MAX_QUERY = 4000; // characters read of a query
const MAX_LIMIT = 50;
const CANDIDATES = 24; // from the vectors, and again from the words
const POSTINGS = 600; // rows the full-text side may touch
const MAX_TERMS = 8;
const WHY_CONCEPTS = 6;

export interface KnowledgeOptions {
  readonly embedder?: Embedder; // default: the built-in lexicon, which needs no model
}
/** Called after each batch of a re-embedding. */
export type Progress = (done: number, all: number) => void;

export interface EmbeddedKnowledge extends KnowledgeBase {
  /** Embeds everything anew with the embedder this was opened with; safe to repeat after a crash. */
  reembed(progress: Progress, signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

/**
 * The knowledge base on one SQLite file: sqlite-vec and FTS5 find candidates, the operations lexicon weighs them.
 * Errors: `conflict` when the file was embedded by another embedder (reembed, or open it with that one), `unavailable` when it cannot be opened.
 */
export async function openEmbeddedKnowledge(path: string, options: KnowledgeOptions = {}): Promise<EmbeddedKnowledge> {
  const embedder = options.embedder ?? lexiconEmbedder();
  const tables = new KnowledgeTables(openFile(path), embedder.dimensions);
  const knowledge = new SqliteKnowledge(tables, embedder, builtInLexicon());
  await knowledge.start();
  return knowledge;
}

function openFile(path: string): Database.Database {
  try {
    if (path !== ':memory:') mkdirSync(dirname(path), { recursive: true });
    const db = new Database(path);
    loadVectors(db);
    return db;
  } catch (error) {
    throw new OpsError('unavailable', `The knowledge base at ${path} cannot be opened.`, 'Check that the folder exists and may be written.', { cause: error });
  }
}

class SqliteKnowledge implements EmbeddedKnowledge {
  readonly name = 'embedded';
  private readonly tables: KnowledgeTables;
  private readonly embedder: Embedder;
  private readonly lexicon: Lexicon;
  private memory: PatternMemory;
  private version = -1;

  constructor(tables: KnowledgeTables, embedder: Embedder, lexicon: Lexicon) {
    this.tables = tables;
    this.embedder = embedder;
    this.lexicon = lexicon;
    this.memory = new PatternMemory(lexicon);
  }

  async start(): Promise<void> {
    const recorded = this.tables.meta('embedder');
    const digest = lexiconDigest();
    const own = `lexicon/${this.embedder.dimensions}`;
    if (recorded === null) this.tables.setMeta('embedder', this.embedder.name);
    // A file of the built-in embedding whose lexicon has changed since is brought up to date without asking.
    const stale = recorded !== null && this.tables.meta('lexicon') !== digest;
    if (recorded !== null && recorded !== this.embedder.name) {
      this.tables.close();
      throw new OpsError(
        'conflict',
        `This knowledge base was embedded by ${recorded}, not by ${this.embedder.name}; the two do not mix.`,
        'Open it with the embedder it was made with, or make a new file and import the patterns from the archive.',
      );
    }
    if (stale && this.embedder.name === own) await this.reembed(() => {}, AbortSignal.timeout(600_000));
    this.tables.setMeta('lexicon', digest);
    this.refresh();
  }

  async search(query: KnowledgeQuery, signal: AbortSignal): Promise<{ matches: readonly PatternMatch[]; source: string }> {
    this.refresh();
    const text = query.text.slice(0, MAX_QUERY);
    const limit = Math.min(Math.max(1, Math.trunc(query.limit)), MAX_LIMIT);
    const rows = this.memory.allowed(query, query.service === undefined ? null : profileText(this.lexicon, query.service.slice(0, 200)));
    if (text.trim() === '' || this.memory.size === 0 || rows?.length === 0) return { matches: [], source: this.name };
    const profile = profileText(this.lexicon, text);
    const candidates = new Set(this.tables.byWords(this.terms(profile), CANDIDATES, rows));
    for (const row of await this.byVector(text, profile, rows, signal)) candidates.add(row);
    const scorer = new QueryScorer(this.lexicon, this.memory, profile);
    const scored = [...candidates]
      .map((row) => this.memory.at(row))
      .filter((entry): entry is Entry => entry !== undefined)
      .map((entry) => ({ entry, similarity: scorer.score(entry.profile) }))
      .filter(({ similarity }) => similarity > 0)
      .sort((a, b) => b.similarity - a.similarity || (a.entry.patternId < b.entry.patternId ? -1 : 1))
      .slice(0, limit);
    return { matches: scored.map(({ entry, similarity }) => this.match(entry, similarity, scorer, profile, text)), source: this.name };
  }

  /** An embedder that does not answer costs recall, not the search. */
  private async byVector(text: string, profile: Profile, rows: readonly number[] | null, signal: AbortSignal): Promise<readonly number[]> {
    try {
      const vector = this.embedder.ofProfile?.(profile) ?? (await this.embedder.embed([text], signal))[0];
      return vector === undefined ? [] : this.tables.byVector(unit(vector), CANDIDATES, rows);
    } catch (error) {
      if (signal.aborted) throw new OpsError('unavailable', 'The pattern search was stopped.', 'Try again.', { cause: error });
      return [];
    }
  }

  /** The rarest terms first, as many as keep the work bounded. */
  private terms(profile: Profile): string[] {
    const known = [
      ...[...profile.concepts.keys()].map((index) => ({ term: `c${index}x`, count: this.memory.conceptCount(index) })),
      ...[...profile.words.keys()].map((word) => ({ term: word, count: this.memory.wordCount(word) })),
    ];
    let budget = POSTINGS;
    const terms: string[] = [];
    for (const { term, count } of known.filter(({ count }) => count > 0).sort((a, b) => a.count - b.count)) {
      if (terms.length === MAX_TERMS || (terms.length > 0 && count > budget)) break;
      terms.push(term);
      budget -= count;
    }
    return terms;
  }

  private match(entry: Entry, similarity: number, scorer: QueryScorer, profile: Profile, text: string): PatternMatch {
    const chinese = isHan(text);
    const concepts = scorer.shared(entry.profile, WHY_CONCEPTS).map((index) => this.lexicon.concepts[index]);
    const why = new Set(concepts.map((concept) => (chinese ? concept?.zh : concept?.en) ?? '').filter(Boolean));
    for (const word of scorer.sharedWordsOf(entry.profile, profile)) if (why.size < 10) why.add(word.slice(0, 200));
    return { patternId: entry.patternId, title: entry.title, category: entry.category, similarity, why: [...why] };
  }

  async save(patterns: readonly Pattern[]): Promise<readonly Pattern[]> {
    for (const pattern of patterns) this.checkDimensions(pattern);
    const news = this.memory.size + patterns.length;
    if (news > MAX_PATTERNS)
      throw new OpsError('limited', `The knowledge base holds at most ${MAX_PATTERNS} patterns.`, 'Remove patterns that no longer happen.');
    this.refresh();
    const changed = patterns.filter((pattern) => !this.tables.holds(pattern));
    const vectors = await this.embedder.embed(changed.map(patternText), AbortSignal.timeout(60_000));
    this.indexAll(changed, vectors);
    return patterns.map((pattern) => this.tables.get(pattern.pattern_id) ?? pattern);
  }

  private checkDimensions(pattern: Pattern): void {
    const given = pattern.embedding?.length;
    if (given === undefined || given === this.embedder.dimensions) return;
    throw new OpsError(
      'invalid_input',
      `The embedding of ${pattern.pattern_id} has ${given} numbers; this knowledge base uses ${this.embedder.dimensions}.`,
      'Leave "embedding" out: it is made anew from the text.',
    );
  }

  private indexAll(patterns: readonly Pattern[], vectors: readonly Float32Array[]): void {
    try {
      this.tables.atomically(() => {
        patterns.forEach((pattern, i) => {
          const vector = vectors[i];
          if (vector?.length !== this.embedder.dimensions) throw new OpsError('internal', `${this.embedder.name} gave a vector of the wrong length.`);
          this.index(pattern, vector);
        });
      });
    } catch (error) {
      this.version = -1; // what memory took over was rolled back in the file
      throw error;
    }
  }

  private index(pattern: Pattern, vector: Float32Array): void {
    const profile = profilePattern(this.lexicon, pattern);
    const words = plainWords(tokenise(patternText(pattern))).join(' ');
    const concepts = [...profile.concepts.keys()].map((index) => `c${index}x`).join(' ');
    const small = compact(profile);
    const row = this.tables.put(pattern, small, unit(vector), `${words} ${[...profile.words.keys()].join(' ')} ${concepts}`);
    this.memory.remove(pattern.pattern_id);
    this.memory.add({
      row,
      patternId: pattern.pattern_id,
      title: pattern.title,
      category: pattern.category,
      lastSeen: pattern.metadata.last_seen,
      profile: small,
    });
  }

  async remove(patternIds: readonly string[]): Promise<void> {
    this.tables.atomically(() => {
      for (const id of patternIds) this.tables.remove(id);
    });
    for (const id of patternIds) this.memory.remove(id);
  }

  async get(patternId: string): Promise<Pattern | null> {
    return this.tables.get(patternId);
  }

  async list(): Promise<readonly Pattern[]> {
    return this.tables.list();
  }

  async reembed(progress: Progress, signal: AbortSignal): Promise<void> {
    const all = this.tables.list();
    const batch = 64;
    for (let at = 0; at < all.length; at += batch) {
      const patterns = all.slice(at, at + batch);
      const vectors = await this.embedder.embed(patterns.map(patternText), signal);
      this.indexAll(patterns, vectors);
      progress(Math.min(at + batch, all.length), all.length);
    }
    this.tables.setMeta('lexicon', lexiconDigest());
  }

  async close(): Promise<void> {
    this.tables.close();
  }

  /** Another connection to the file has written since: read the entries again. */
  private refresh(): void {
    const version = this.tables.version();
    if (version === this.version) return;
    this.version = version;
    this.memory = new PatternMemory(this.lexicon);
    for (const entry of this.tables.entries()) this.memory.add(entry);
  }
}
