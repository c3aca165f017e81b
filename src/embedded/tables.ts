import type Database from 'better-sqlite3';
import { z } from 'zod';
import { OpsError } from '../domain/errors.ts';
import { type Pattern, PatternSchema } from '../domain/pattern.ts';
import { type CompactProfile, decodeProfile, encodeProfile } from './compact.ts';
import type { Entry } from './memory.ts';

const SCHEMA = `
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS patterns (
  row INTEGER PRIMARY KEY,
  pattern_id TEXT NOT NULL UNIQUE,
  record TEXT NOT NULL, -- seed's record without its embedding
  profile BLOB NOT NULL,
  vector BLOB NOT NULL -- empty: it could not be embedded yet
) STRICT;
CREATE VIRTUAL TABLE IF NOT EXISTS pattern_words USING fts5(body, content='', contentless_delete=1, tokenize='unicode61');
`;
const RowSchema = z.object({ row: z.number(), pattern_id: z.string(), record: z.string(), profile: z.instanceof(Buffer), vector: z.instanceof(Buffer) });
const RowsSchema = z.array(z.number());
const NearSchema = z.array(z.object({ rowid: z.number(), distance: z.number() }));

/** A row near a vector; for unit vectors 0 is the same and 2 the opposite. */
export interface Near {
  readonly rowid: number;
  readonly distance: number;
}

/** The SQL of the knowledge base: records, unit vectors (sqlite-vec) and words (FTS5), kept in step by row number. */
export class KnowledgeTables {
  private readonly db: Database.Database;
  private readonly statements = new Map<string, Database.Statement>();
  private readonly holdsVectors: boolean;

  /** `dimensions` null: the vectors are elsewhere. */
  constructor(db: Database.Database, dimensions: number | null) {
    this.db = db;
    this.holdsVectors = dimensions !== null;
    db.pragma('page_size = 32768'); // vectors lie in blobs of 1.5 MB: large pages halve the time of a scan
    db.pragma('journal_mode = WAL');
    db.pragma('synchronous = NORMAL');
    db.pragma('busy_timeout = 5000');
    db.pragma('mmap_size = 268435456'); // every search reads all vectors, 15 MB at 10,000 patterns: without copying them
    db.exec(SCHEMA);
    if (dimensions !== null) this.openVectors(dimensions);
  }

  private openVectors(dimensions: number): void {
    const { db } = this;
    const recorded = this.meta('dimensions');
    if (recorded === null) this.setMeta('dimensions', String(dimensions));
    else if (Number(recorded) !== dimensions) {
      db.close();
      throw new OpsError(
        'conflict',
        `This knowledge base holds vectors of ${recorded} numbers; the embedder gives ${dimensions}. The two do not mix.`,
        'Open it with the embedder it was made with, or run "opsloop patterns reembed".',
      );
    }
    db.exec(`CREATE VIRTUAL TABLE IF NOT EXISTS pattern_vectors USING vec0(vector float[${dimensions}])`);
  }

  /** Leaves the words of another embedder behind: the caller puts every pattern anew, in the same transaction. */
  forgetVectors(dimensions: number): void {
    this.db.exec('DROP TABLE pattern_vectors');
    this.db.exec(`CREATE VIRTUAL TABLE pattern_vectors USING vec0(vector float[${dimensions}])`);
    this.setMeta('dimensions', String(dimensions));
    this.statements.clear();
  }

  meta(key: string): string | null {
    const row = this.sql('SELECT value FROM meta WHERE key = ?').get(key);
    return row === undefined ? null : z.object({ value: z.string() }).parse(row).value;
  }

  setMeta(key: string, value: string): void {
    this.sql('INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value').run(key, value);
  }

  /** Changes when another connection has written. */
  version(): number {
    return z.number().parse(this.sql('PRAGMA data_version').pluck().get());
  }

  atomically(work: () => void): void {
    this.db.transaction(work).immediate();
  }

  /** The very same record is already there, with its vector if vectors are here. */
  holds(pattern: Pattern): boolean {
    const row = this.sql('SELECT record FROM patterns WHERE pattern_id = ? AND length(vector) >= ?').get(pattern.pattern_id, this.holdsVectors ? 1 : 0);
    return row !== undefined && z.object({ record: z.string() }).parse(row).record === recordText(pattern);
  }

  /** Inserts or replaces; returns the row number. Without a vector a pattern is found by its words. */
  put(pattern: Pattern, profile: CompactProfile, vector: Float32Array | null, words: string): number {
    this.remove(pattern.pattern_id);
    const blob = vector === null ? Buffer.alloc(0) : Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength);
    const { lastInsertRowid } = this.sql('INSERT INTO patterns (pattern_id, record, profile, vector) VALUES (?, ?, ?, ?)').run(
      pattern.pattern_id,
      recordText(pattern),
      encodeProfile(profile),
      blob,
    );
    const row = BigInt(lastInsertRowid);
    if (vector !== null) this.sql('INSERT INTO pattern_vectors (rowid, vector) VALUES (?, ?)').run(row, blob);
    this.sql('INSERT INTO pattern_words (rowid, body) VALUES (?, ?)').run(row, words);
    return Number(row);
  }

  remove(patternId: string): void {
    const found = this.sql('SELECT row FROM patterns WHERE pattern_id = ?').get(patternId);
    if (found === undefined) return;
    const row = BigInt(z.object({ row: z.number() }).parse(found).row);
    if (this.holdsVectors) this.sql('DELETE FROM pattern_vectors WHERE rowid = ?').run(row);
    this.sql('DELETE FROM pattern_words WHERE rowid = ?').run(row);
    this.sql('DELETE FROM patterns WHERE row = ?').run(row);
  }

  get(patternId: string): Pattern | null {
    const row = this.sql('SELECT * FROM patterns WHERE pattern_id = ?').get(patternId);
    return row === undefined ? null : toPattern(row);
  }

  list(): Pattern[] {
    return this.sql('SELECT * FROM patterns ORDER BY pattern_id').all().map(toPattern);
  }

  count(): number {
    return z.object({ n: z.number() }).parse(this.sql('SELECT count(*) AS n FROM patterns').get()).n;
  }

  *entries(): Generator<Entry> {
    for (const raw of this.sql('SELECT * FROM patterns').iterate()) {
      const row = RowSchema.parse(raw);
      const record = PatternSchema.parse(JSON.parse(row.record));
      yield {
        row: row.row,
        patternId: row.pattern_id,
        title: record.title,
        category: record.category,
        lastSeen: record.metadata.last_seen,
        profile: decodeProfile(row.profile),
      };
    }
  }

  /** Rows nearest by distance, which for unit vectors is the order of cosine; `rows` narrows the choice. */
  byVector(vector: Float32Array, limit: number, rows: readonly number[] | null): Near[] {
    const blob = Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength);
    const all = 'SELECT rowid, distance FROM pattern_vectors WHERE vector MATCH ? AND k = ?';
    if (rows === null) return NearSchema.parse(this.sql(all).all(blob, limit));
    const some = `${all} AND rowid IN (SELECT value FROM json_each(?))`;
    return NearSchema.parse(this.sql(some).all(blob, limit, JSON.stringify(rows)));
  }

  /** Rows that hold any of the terms, best BM25 first. Terms are quoted, so that no text is read as query syntax. */
  byWords(terms: readonly string[], limit: number, rows: readonly number[] | null): number[] {
    if (terms.length === 0) return [];
    const match = terms.map((term) => `"${term.replaceAll('"', '')}"`).join(' OR ');
    if (rows === null)
      return RowsSchema.parse(this.sql('SELECT rowid FROM pattern_words WHERE pattern_words MATCH ? ORDER BY rank LIMIT ?').pluck().all(match, limit));
    const some = 'SELECT rowid FROM pattern_words WHERE pattern_words MATCH ? AND rowid IN (SELECT value FROM json_each(?)) ORDER BY rank LIMIT ?';
    return RowsSchema.parse(this.sql(some).pluck().all(match, JSON.stringify(rows), limit));
  }

  close(): void {
    this.db.close();
  }

  private sql(text: string): Database.Statement {
    const known = this.statements.get(text) ?? this.db.prepare(text);
    this.statements.set(text, known);
    return known;
  }
}

function recordText(pattern: Pattern): string {
  const { embedding: _, ...record } = pattern;
  return JSON.stringify(PatternSchema.omit({ embedding: true }).parse(record));
}

function toPattern(raw: unknown): Pattern {
  const { record, vector } = RowSchema.parse(raw);
  const numbers = new Float32Array(new Uint8Array(vector).buffer);
  return { ...PatternSchema.parse(JSON.parse(record)), ...(numbers.length === 0 ? {} : { embedding: [...numbers] }) };
}
