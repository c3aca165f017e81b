import type { IngestionView } from '../domain/ingestion.ts';
import type { Pattern } from '../domain/pattern.ts';
import type { KnowledgeBase, KnowledgeQuery } from '../domain/ports.ts';
import { type Embedder, lexiconDigest } from './embedding.ts';
import { type EmbeddedKnowledge, openFile, SqliteKnowledge } from './knowledge.ts';
import type { Progress } from './reembedding.ts';
import { retrieve } from './retrieve.ts';
import { type SharedVectors, textDigest } from './shared-vectors.ts';
import { KnowledgeTables, type Near } from './tables.ts';

const WORDS_ALONE = 'words alone (pgvector did not answer)';

/** The knowledge base with records and words on a file of its own, and vectors in the database that replicas share. Errors as of openEmbeddedKnowledge. */
export async function openSharedKnowledge(path: string, embedder: Embedder, vectors: SharedVectors): Promise<EmbeddedKnowledge> {
  const knowledge = new SharedKnowledge(new KnowledgeTables(openFile(path), null), embedder, vectors);
  await knowledge.start();
  return knowledge;
}

class SharedKnowledge extends SqliteKnowledge {
  override readonly name = 'pgvector';
  readonly #vectors: SharedVectors;
  readonly #texts = new Map<string, string>(); // digests, of those that were asked for
  readonly ingestion = (): IngestionView => this.#vectors.view(); // handed on without this object

  constructor(tables: KnowledgeTables, embedder: Embedder, vectors: SharedVectors) {
    super(tables, embedder);
    this.#vectors = vectors;
  }

  /** Another lexicon reads the same words differently. */
  override async start(): Promise<void> {
    if (this.tables.meta('lexicon') !== lexiconDigest()) this.#indexWords(this.tables.list());
    this.tables.setMeta('lexicon', lexiconDigest());
  }

  /** As the file's own search, but the database says what is near; a vector of a text that is not the one here does not count. */
  override async search(query: KnowledgeQuery, signal: AbortSignal): ReturnType<KnowledgeBase['search']> {
    this.refresh();
    const { tables, memory, lexicon, embedder } = this;
    let away = false;
    const near = async (vector: Float32Array, limit: number, rows: readonly number[] | null): Promise<Near[]> => {
      const found = await this.#vectors.near(vector, limit, rows?.flatMap((row) => memory.at(row)?.patternId ?? []) ?? null);
      away = found === null;
      return (found ?? []).flatMap(({ patternId, text, distance }) => {
        const rowid = memory.rowOf(patternId);
        return rowid === undefined || this.#textOf(patternId) !== text ? [] : [{ rowid, distance }];
      });
    };
    const matches = await retrieve({ tables, memory, lexicon, embedder, near }, query, signal);
    return { matches, source: away ? WORDS_ALONE : this.name };
  }

  override async save(patterns: readonly Pattern[]): Promise<readonly Pattern[]> {
    this.checkRoom(patterns);
    const vectors = await this.#vectors.fill(patterns, AbortSignal.timeout(60_000));
    this.#indexWords(patterns.filter((pattern) => !this.tables.holds(pattern)));
    return patterns.map((pattern) => withVector(this.tables.get(pattern.pattern_id) ?? pattern, vectors));
  }

  override async take(patterns: readonly Pattern[]): Promise<void> {
    this.refresh();
    this.#indexWords(patterns.filter((pattern) => !this.tables.holds(pattern)));
  }

  override async tend(): Promise<void> {
    const tended = this.#vectors.tend(() => this.tables.list());
    if (this.embedder.ofProfile !== undefined) await tended;
  }

  override async remove(patternIds: readonly string[]): Promise<void> {
    await super.remove(patternIds);
    await this.#vectors.remove(patternIds);
  }

  override async get(patternId: string): Promise<Pattern | null> {
    const pattern = await super.get(patternId);
    return pattern === null ? null : withVector(pattern, await this.#vectors.of([pattern], false));
  }

  override async list(): Promise<readonly Pattern[]> {
    const patterns = await super.list();
    const vectors = await this.#vectors.of(patterns, true);
    return patterns.map((pattern) => withVector(pattern, vectors));
  }

  override async reembed(progress: Progress, signal: AbortSignal): Promise<void> {
    await this.#vectors.reembed(this.tables.list(), progress, signal);
  }

  override async close(): Promise<void> {
    await this.#vectors.close();
    await super.close();
  }

  protected override index(pattern: Pattern, vector: Float32Array | null | undefined): void {
    this.#texts.delete(pattern.pattern_id);
    super.index(pattern, vector);
  }

  protected override refresh(): boolean {
    const isAnew = super.refresh();
    if (isAnew) this.#texts.clear();
    return isAnew;
  }

  #indexWords(patterns: readonly Pattern[]): void {
    this.indexAll(
      patterns,
      patterns.map(() => null),
    );
  }

  #textOf(patternId: string): string | undefined {
    const pattern = this.#texts.has(patternId) ? null : this.tables.get(patternId);
    if (pattern !== null) this.#texts.set(patternId, textDigest(pattern));
    return this.#texts.get(patternId);
  }
}

function withVector(pattern: Pattern, vectors: ReadonlyMap<string, Float32Array>): Pattern {
  const vector = vectors.get(pattern.pattern_id);
  return vector === undefined ? pattern : { ...pattern, embedding: [...vector] };
}
