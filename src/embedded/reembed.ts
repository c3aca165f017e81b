import type Database from 'better-sqlite3';
import { OpsError, toOpsError } from '../domain/errors.ts';
import type { Pattern } from '../domain/pattern.ts';
import { type Embedder, patternText } from './embedding.ts';
import { openFile, type Progress, SqliteKnowledge } from './knowledge.ts';
import { KnowledgeTables } from './tables.ts';

const BATCH = 64;
const FAILURES_IN_A_ROW = 5; // so many, one after the other, mean that the embedder is away

export interface Reembedded {
  readonly embedded: number;
  readonly failed: readonly { readonly patternId: string; readonly reason: string }[];
}
type Made = Map<string, { readonly text: string; readonly vector: Float32Array }>;

/**
 * Embeds the patterns of a file anew, whatever embedded them before; where the same embedder did and left some out, only those. All
 * vectors are made first and exchanged at once, so that kinds never mix, and a running process notices. A text the embedder refuses
 * is left out and named. Errors: `unavailable` when it seems to be away altogether; then the file is as it was.
 */
export async function reembedFile(path: string, embedder: Embedder, progress: Progress, signal: AbortSignal): Promise<Reembedded> {
  const db = openFile(path);
  const dimensions = recordedDimensions(db) ?? embedder.dimensions;
  const tables = new KnowledgeTables(db, dimensions);
  try {
    const all = tables.list();
    const made: Made = tables.meta('embedder') === embedder.name && all.some(({ embedding }) => embedding === undefined) ? kept(all) : new Map();
    const work = new Reembedding(embedder, made, signal);
    const todo = all.filter(({ pattern_id }) => !made.has(pattern_id));
    for (let at = 0; at < todo.length; at += BATCH) {
      await work.batch(todo.slice(at, at + BATCH), todo.length);
      progress(Math.min(at + BATCH, todo.length), todo.length);
    }
    new SqliteKnowledge(tables, embedder).exchange(made);
    return { embedded: todo.length - work.failed.length, failed: work.failed };
  } finally {
    tables.close();
  }
}

/** What the same embedder has made already. */
const kept = (patterns: readonly Pattern[]): Made =>
  new Map(
    patterns.flatMap((one) =>
      one.embedding === undefined ? [] : [[one.pattern_id, { text: patternText(one), vector: Float32Array.from(one.embedding) }] as const],
    ),
  );

class Reembedding {
  readonly failed: { patternId: string; reason: string }[] = [];
  private readonly embedder: Embedder;
  private readonly made: Made;
  private readonly signal: AbortSignal;
  private inARow = 0;

  constructor(embedder: Embedder, made: Made, signal: AbortSignal) {
    this.embedder = embedder;
    this.made = made;
    this.signal = signal;
  }

  /** All at once; when that fails, one by one, to find out which. */
  async batch(patterns: readonly Pattern[], all: number): Promise<void> {
    try {
      this.take(patterns, await this.embedder.embed(patterns.map(patternText), this.signal));
    } catch (thrown) {
      if (this.signal.aborted) throw thrown;
      for (const pattern of patterns) await this.one(pattern, all);
    }
  }

  private async one(pattern: Pattern, all: number): Promise<void> {
    try {
      this.take([pattern], await this.embedder.embed([patternText(pattern)], this.signal));
      this.inARow = 0;
    } catch (thrown) {
      const { message } = toOpsError(thrown);
      if (this.signal.aborted) throw thrown;
      this.failed.push({ patternId: pattern.pattern_id, reason: message });
      this.inARow += 1;
      if (this.inARow >= Math.min(FAILURES_IN_A_ROW, all)) throw this.away(message, all);
    }
  }

  private take(patterns: readonly Pattern[], vectors: readonly Float32Array[]): void {
    patterns.forEach((pattern, i) => {
      const vector = vectors[i];
      if (vector?.length !== this.embedder.dimensions) throw new OpsError('internal', `${this.embedder.name} gave a vector of the wrong length.`);
      this.made.set(pattern.pattern_id, { text: patternText(pattern), vector });
    });
  }

  private away(reason: string, all: number): OpsError {
    const count = `${this.made.size} of ${all} patterns were embedded, then ${this.inARow} failed one after the other`;
    return new OpsError('unavailable', `${count}: ${reason}`, 'Nothing was changed. Check the embedder, then run "opsloop patterns reembed" again.');
  }
}

function recordedDimensions(db: Database.Database): number | null {
  if (db.prepare("SELECT 1 FROM sqlite_master WHERE name = 'meta'").get() === undefined) return null;
  const value = db.prepare("SELECT value FROM meta WHERE key = 'dimensions'").pluck().get();
  return typeof value === 'string' ? Number(value) : null;
}
