import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { load as loadVectors } from 'sqlite-vec';
import { OpsError } from '../domain/errors.ts';
import type { Pattern, PatternMatch } from '../domain/pattern.ts';
import type { KnowledgeBase, KnowledgeQuery } from '../domain/ports.ts';
import { compact } from './compact.ts';
import { builtInLexicon, type Embedder, lexiconDigest, lexiconEmbedder, patternText, unit } from './embedding.ts';
import type { Lexicon } from './lexicon.ts';
import { PatternMemory } from './memory.ts';
import { plainWords, profilePattern } from './profile.ts';
import type { Progress } from './reembedding.ts';
import { retrieve } from './retrieve.ts';
import { KnowledgeTables, type Near } from './tables.ts';
import { tokenise } from './text.ts';

const MAX_PATTERNS = 100_000;
const BATCH = 64;

export interface KnowledgeOptions {
  readonly embedder?: Embedder; // default: the built-in lexicon, which needs no model
  /** What the settings name now: asked when another process has embedded the file anew with something else. */
  readonly reload?: () => Embedder;
}

export interface EmbeddedKnowledge extends KnowledgeBase {
  /** Embeds everything anew with the embedder this was opened with; safe to repeat after a crash. */
  reembed(progress: Progress, signal: AbortSignal): Promise<void>;
  /** What another process has saved: as `save`, but vectors that a database keeps are left to whoever saved, and to `tend`. */
  take(patterns: readonly Pattern[]): Promise<void>;
  /** Now and then: sees to vectors that a database keeps. Does not wait for a model. */
  tend(): Promise<void>;
  close(): Promise<void>;
}

/**
 * The knowledge base on one SQLite file: sqlite-vec and FTS5 find candidates, the operations lexicon weighs them.
 * Errors: `conflict` when the file was embedded by another embedder (reembed, or open it with that one), `unavailable` when it cannot be opened.
 */
export async function openEmbeddedKnowledge(path: string, options: KnowledgeOptions = {}): Promise<EmbeddedKnowledge> {
  const embedder = options.embedder ?? lexiconEmbedder();
  const knowledge = new SqliteKnowledge(new KnowledgeTables(openFile(path), embedder.dimensions), embedder, options.reload);
  await knowledge.start();
  return knowledge;
}

/** The file with its vector functions loaded. OpsError('unavailable') when it cannot be opened. */
export function openFile(path: string): Database.Database {
  try {
    if (path !== ':memory:') mkdirSync(dirname(path), { recursive: true });
    const db = new Database(path);
    loadVectors(db);
    return db;
  } catch (error) {
    throw new OpsError('unavailable', `The knowledge base at ${path} cannot be opened.`, 'Check that the folder exists and may be written.', { cause: error });
  }
}

/** The records of a file, whoever embedded them; none when there is no file. */
export function patternsOfFile(path: string): readonly Pattern[] {
  if (!existsSync(path)) return [];
  const tables = new KnowledgeTables(openFile(path), null);
  try {
    return tables.list().map(({ embedding: _, ...record }) => record);
  } finally {
    tables.close();
  }
}

/** What openEmbeddedKnowledge gives, and what a re-embedding writes with. */
export class SqliteKnowledge implements EmbeddedKnowledge {
  readonly name: string = 'embedded';
  protected readonly tables: KnowledgeTables;
  protected embedder: Embedder;
  private readonly reload: (() => Embedder) | undefined;
  private read: PatternMemory | null = null; // with the lexicon read when it is first needed: a start does without
  private version = -1;

  constructor(tables: KnowledgeTables, embedder: Embedder, reload?: () => Embedder) {
    this.tables = tables;
    this.embedder = embedder;
    this.reload = reload;
  }

  protected get lexicon(): Lexicon {
    return builtInLexicon();
  }

  protected get memory(): PatternMemory {
    this.read ??= new PatternMemory(this.lexicon);
    return this.read;
  }

  /** Refuses a file of another embedder; brings one up to date whose lexicon has changed since, without asking. */
  async start(): Promise<void> {
    if (!this.isOurs()) {
      const error = this.foreign();
      this.tables.close();
      throw error;
    }
    if (this.tables.meta('embedder') === null) this.tables.setMeta('embedder', this.embedder.name);
    if (this.tables.meta('lexicon') !== lexiconDigest()) await this.readAnew();
  }

  private isOurs(): boolean {
    return (this.tables.meta('embedder') ?? this.embedder.name) === this.embedder.name;
  }

  private foreign(): OpsError {
    return new OpsError(
      'conflict',
      `This knowledge base was embedded by ${this.tables.meta('embedder')}, not by ${this.embedder.name}; the two do not mix.`,
      'Open it with the embedder it was made with, or run "opsloop patterns reembed".',
    );
  }

  /** Another process has embedded everything anew: go over to what the settings name now, when that is what it was. */
  private follow(): void {
    if (this.isOurs() || this.reload === undefined) return;
    try {
      this.embedder = this.reload();
    } catch {
      // Settings that cannot be read now: searches go by words, and saving says why it cannot.
    }
  }

  /** Another lexicon reads the same patterns differently; vectors that it did not make are kept. */
  private async readAnew(): Promise<void> {
    const all = this.tables.list();
    if (this.embedder.ofProfile !== undefined) await this.reembed(() => {}, AbortSignal.timeout(600_000));
    else
      this.indexAll(
        all,
        all.map(({ embedding }) => (embedding === undefined ? null : Float32Array.from(embedding))),
      );
    this.tables.setMeta('lexicon', lexiconDigest());
  }

  async search(query: KnowledgeQuery, signal: AbortSignal): Promise<{ matches: readonly PatternMatch[]; source: string }> {
    this.refresh();
    const { tables, memory, lexicon } = this;
    const embedder = this.isOurs() ? this.embedder : null; // vectors of another kind: words alone find it
    const near = (...asked: Parameters<KnowledgeTables['byVector']>): Near[] => tables.byVector(...asked);
    return { matches: await retrieve({ tables, memory, lexicon, embedder, near }, query, signal), source: this.name };
  }

  async save(patterns: readonly Pattern[]): Promise<readonly Pattern[]> {
    this.checkRoom(patterns);
    const changed = patterns.filter((pattern) => !this.tables.holds(pattern));
    const vectors = await this.embedder.embed(changed.map(patternText), AbortSignal.timeout(60_000));
    this.indexAll(changed, vectors);
    return patterns.map((pattern) => this.tables.get(pattern.pattern_id) ?? pattern);
  }

  async take(patterns: readonly Pattern[]): Promise<void> {
    await this.save(patterns);
  }

  /** Here vectors are always of what is saved. */
  async tend(): Promise<void> {}

  /** Refuses what cannot be kept. */
  protected checkRoom(patterns: readonly Pattern[]): void {
    this.refresh();
    if (!this.isOurs()) throw this.foreign();
    for (const pattern of patterns) this.checkDimensions(pattern);
    const news = this.memory.size + patterns.length;
    if (news > MAX_PATTERNS)
      throw new OpsError('limited', `The knowledge base holds at most ${MAX_PATTERNS} patterns.`, 'Remove patterns that no longer happen.');
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

  protected indexAll(patterns: readonly Pattern[], vectors: readonly (Float32Array | null)[]): void {
    try {
      this.tables.atomically(() => patterns.forEach((pattern, i) => void this.index(pattern, vectors[i])));
    } catch (error) {
      this.version = -1; // what memory took over was rolled back in the file
      throw error;
    }
  }

  /**
   * Every pattern with vectors of this embedder instead of those that are there; by pattern id. One without a vector, or that was
   * changed since its vector was made, is found by its words alone.
   */
  exchange(made: ReadonlyMap<string, { readonly text: string; readonly vector: Float32Array }>): void {
    this.tables.atomically(() => {
      const patterns = this.tables.list();
      this.tables.forgetVectors(this.embedder.dimensions);
      this.tables.setMeta('embedder', this.embedder.name);
      this.tables.setMeta('lexicon', lexiconDigest());
      for (const pattern of patterns) {
        const one = made.get(pattern.pattern_id);
        this.index(pattern, one?.text === patternText(pattern) ? one.vector : null);
      }
    });
  }

  protected index(pattern: Pattern, vector: Float32Array | null | undefined): void {
    if (vector !== null && vector?.length !== this.embedder.dimensions)
      throw new OpsError('internal', `${this.embedder.name} gave a vector of the wrong length.`);
    const profile = profilePattern(this.lexicon, pattern);
    const words = plainWords(tokenise(patternText(pattern))).join(' ');
    const concepts = [...profile.concepts.keys()].map((index) => `c${index}x`).join(' ');
    const small = compact(profile);
    const row = this.tables.put(pattern, small, vector === null ? null : unit(vector), `${words} ${[...profile.words.keys()].join(' ')} ${concepts}`);
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
    for (const id of patternIds) this.read?.remove(id);
  }

  async get(patternId: string): Promise<Pattern | null> {
    return this.tables.get(patternId);
  }

  async list(): Promise<readonly Pattern[]> {
    return this.tables.list();
  }

  async count(): Promise<number> {
    return this.tables.count();
  }

  async reembed(progress: Progress, signal: AbortSignal): Promise<void> {
    const all = this.tables.list();
    for (let at = 0; at < all.length; at += BATCH) {
      const patterns = all.slice(at, at + BATCH);
      const vectors = await this.embedder.embed(patterns.map(patternText), signal);
      this.indexAll(patterns, vectors);
      progress(Math.min(at + BATCH, all.length), all.length);
    }
    this.tables.setMeta('lexicon', lexiconDigest());
  }

  async close(): Promise<void> {
    this.tables.close();
  }

  /** Another connection to the file has written since: read the entries again. False: nobody has. */
  protected refresh(): boolean {
    const version = this.tables.version();
    if (version === this.version) return false;
    this.version = version;
    this.follow();
    this.read = new PatternMemory(this.lexicon);
    for (const entry of this.tables.entries()) this.memory.add(entry);
    return true;
  }
}
