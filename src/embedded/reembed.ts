import type Database from 'better-sqlite3';
import type { Pattern } from '../domain/pattern.ts';
import { type Embedder, patternText } from './embedding.ts';
import { openFile, SqliteKnowledge } from './knowledge.ts';
import { type Made, type Progress, type Reembedded, Reembedding } from './reembedding.ts';
import { KnowledgeTables } from './tables.ts';

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
    await work.all(todo, progress);
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

function recordedDimensions(db: Database.Database): number | null {
  if (db.prepare("SELECT 1 FROM sqlite_master WHERE name = 'meta'").get() === undefined) return null;
  const value = db.prepare("SELECT value FROM meta WHERE key = 'dimensions'").pluck().get();
  return typeof value === 'string' ? Number(value) : null;
}
