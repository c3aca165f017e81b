import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { OpsError, toOpsError } from '../domain/errors.ts';
import type { IngestionView } from '../domain/ingestion.ts';
import type { Log } from '../domain/log.ts';
import type { Pattern } from '../domain/pattern.ts';
import type { NearPattern, PatternVector, PatternVectors } from '../domain/vectors.ts';
import { type Embedder, lexiconDigest, patternText, unit } from './embedding.ts';
import { type Progress, type Reembedded, Reembedding } from './reembedding.ts';

const SEARCH_MS = 2000; // a search does not wait longer for the database
const OTHER_MS = 20_000;
const PAUSE_MS = 10_000; // after an error searches go by words alone, without waiting again
const TEND_MS = 600_000;
const AGAIN_MS = 60_000; // after an error
const CHUNK = 256;

export interface SharedVectorParts {
  readonly place: PatternVectors;
  readonly embedder: Embedder;
  readonly log: Log;
  readonly nowMs: () => number;
}

/** Whose vectors these are and how they were made: two replicas that differ in anything of it never see each other's. */
const profileOf = ({ name, ofProfile }: Embedder): string => (ofProfile === undefined ? name : `${name} ${lexiconDigest()}`);

/** What a vector stands for: one of another text does not count. */
export const textDigest = (pattern: Pattern): string => createHash('sha256').update(patternText(pattern)).digest('base64url').slice(0, 22);

/**
 * The vectors that all replicas share, as one of them uses them. While the database cannot search, answers are null (words alone find
 * then) and the status says why; what is missing is made when it can again.
 */
export class SharedVectors {
  readonly #embedder: Embedder;
  readonly #profile: string;
  readonly #place: PatternVectors;
  readonly #log: Log;
  readonly #nowMs: () => number;
  readonly #closed = new AbortController();
  #view: IngestionView = { state: 'idle', error: null, atMs: null, lastSuccessAtMs: null };
  #brokenSinceMs: number | null = null;
  #pausedUntilMs = 0;
  #nextTendMs = 0;
  #tending: Promise<void> | null = null;
  #late = 0; // questions given up that have not ended yet

  constructor({ place, embedder, log, nowMs }: SharedVectorParts) {
    this.#place = place;
    this.#embedder = embedder;
    this.#profile = profileOf(embedder);
    this.#log = log;
    this.#nowMs = nowMs;
  }

  view(): IngestionView {
    return this.#view;
  }

  /** null: the database did not answer. */
  async near(vector: Float32Array, limit: number, patternIds: readonly string[] | null): Promise<readonly NearPattern[] | null> {
    if (!isWhole(vector)) return [];
    return await this.#ask(() => this.#place.near(this.#profile, vector, limit, patternIds), SEARCH_MS);
  }

  /** By pattern: those whose vector is of the text they have now; null: all there are. None when the database does not answer. */
  async of(patterns: readonly Pattern[], all: boolean): Promise<ReadonlyMap<string, Float32Array>> {
    if (patterns.length === 0) return new Map();
    const ids = all ? null : patterns.map(({ pattern_id }) => pattern_id);
    const found = new Map((await this.#ask(() => this.#place.of(this.#profile, ids)))?.map((one) => [one.patternId, one]));
    const fitting = patterns.flatMap((pattern) => {
      const one = found.get(pattern.pattern_id);
      return one === undefined || one.text !== textDigest(pattern) ? [] : [[pattern.pattern_id, one.vector] as const];
    });
    return new Map(fitting);
  }

  /** Vectors of these patterns, made where they are missing. Errors of the embedder are thrown; what the database does not take is made again later. */
  async fill(patterns: readonly Pattern[], signal: AbortSignal): Promise<ReadonlyMap<string, Float32Array>> {
    const there = await this.of(patterns, false);
    const missing = patterns.filter(({ pattern_id }) => !there.has(pattern_id));
    if (missing.length === 0) return there;
    const vectors = await this.#embedder.embed(missing.map(patternText), signal);
    const made = missing.flatMap((pattern, i) => {
      const vector = vectors[i];
      if (vector?.length !== this.#embedder.dimensions) throw new OpsError('internal', `${this.#embedder.name} gave a vector of the wrong length.`);
      return isWhole(vector) ? [asShared(pattern, vector)] : [];
    });
    if ((await this.#ask(async () => this.#place.put(this.#profile, made).then(() => true))) !== true) this.#nextTendMs = 0;
    return new Map([...there, ...made.map(({ patternId, vector }) => [patternId, vector] as const)]);
  }

  async remove(patternIds: readonly string[]): Promise<void> {
    await this.#ask(() => this.#place.remove(patternIds));
  }

  /** Now and then, and soon after an error: makes what is missing for these patterns, and tidies up. Resolves when that is done or was not due. */
  tend(patterns: () => readonly Pattern[]): Promise<void> {
    if (this.#tending !== null) return this.#tending;
    if (this.#nowMs() < this.#nextTendMs || this.#closed.signal.aborted) return Promise.resolve();
    const work = this.#tend(patterns()).finally(() => {
      this.#tending = null;
    });
    this.#tending = work;
    return work;
  }

  /** Makes what is missing; where nothing is, everything anew, exchanged at once. */
  async reembed(patterns: readonly Pattern[], progress: Progress, signal: AbortSignal): Promise<Reembedded> {
    const missing = await this.#missing(patterns);
    const done = await this.#make(missing.length === 0 ? patterns : missing, progress, signal);
    await this.#place.tidy(this.#profile);
    return done;
  }

  async close(): Promise<void> {
    this.#closed.abort();
    await this.#tending;
  }

  async #tend(patterns: readonly Pattern[]): Promise<void> {
    try {
      const look = await this.#place.prepare();
      if (!look.ready) throw new OpsError('unavailable', `Vectors are not searched: ${look.reason}.`, look.fix);
      await this.#place.tidy(this.#profile); // also says that the profile is in use
      const missing = await this.#missing(patterns);
      if (missing.length > 0) this.#view = { ...this.#view, state: 'running', error: null, atMs: this.#nowMs() };
      for (let at = 0; at < missing.length; at += CHUNK) {
        this.#closed.signal.throwIfAborted();
        await this.#make(missing.slice(at, at + CHUNK), () => undefined, this.#closed.signal);
      }
      this.#nextTendMs = this.#nowMs() + TEND_MS;
      this.#pausedUntilMs = 0;
      this.#worked();
    } catch (thrown) {
      if (this.#closed.signal.aborted) return;
      this.#nextTendMs = this.#nowMs() + AGAIN_MS;
      this.#failed(thrown);
    }
  }

  async #missing(patterns: readonly Pattern[]): Promise<readonly Pattern[]> {
    const texts = await this.#place.texts(this.#profile);
    return patterns.filter((pattern) => texts.get(pattern.pattern_id) !== textDigest(pattern));
  }

  async #make(patterns: readonly Pattern[], progress: Progress, signal: AbortSignal): Promise<Reembedded> {
    const work = new Reembedding(this.#embedder, new Map(), signal);
    await work.all(patterns, progress);
    const made = patterns.flatMap((pattern) => {
      const vector = work.made.get(pattern.pattern_id)?.vector;
      return vector === undefined || !isWhole(vector) ? [] : [asShared(pattern, vector)];
    });
    await this.#place.put(this.#profile, made);
    const broken = patterns.filter(({ pattern_id }) => !isWhole(work.made.get(pattern_id)?.vector ?? []));
    return { embedded: made.length, failed: [...work.failed, ...broken.map(({ pattern_id }) => ({ patternId: pattern_id, reason: NO_NUMBERS }))] };
  }

  /** Within bounds, and not at all for a while after an error or while one that was given up has not ended. */
  async #ask<T>(question: () => Promise<T>, withinMs = OTHER_MS): Promise<T | null> {
    if (this.#nowMs() < this.#pausedUntilMs || this.#late > 0) return null;
    const bound = new AbortController();
    const late = sleep(withinMs, undefined, { signal: bound.signal }).then(() => {
      throw new OpsError('unavailable', `The database did not answer about vectors within ${withinMs / 1000} s.`, 'Look at the load of PostgreSQL.');
    });
    late.catch(() => undefined);
    const answer = question();
    try {
      return await Promise.race([answer, late]);
    } catch (thrown) {
      this.#late += 1;
      const ended = (): void => {
        this.#late -= 1;
      };
      answer.then(ended, ended);
      this.#pausedUntilMs = this.#nowMs() + PAUSE_MS;
      this.#failed(thrown);
      return null;
    } finally {
      bound.abort();
    }
  }

  #worked(): void {
    if (this.#brokenSinceMs !== null) this.#log.info({}, 'patterns are searched by vectors again');
    this.#brokenSinceMs = null;
    this.#view = { state: 'done', error: null, atMs: this.#nowMs(), lastSuccessAtMs: this.#nowMs() };
  }

  #failed(thrown: unknown): void {
    const { message, hint } = toOpsError(thrown);
    this.#nextTendMs = Math.min(this.#nextTendMs, this.#nowMs() + AGAIN_MS); // however often searches fail meanwhile
    if (this.#brokenSinceMs === null) this.#log.warn({ err: thrown, hint }, 'patterns are searched by words alone: the vectors in the database cannot be used');
    this.#brokenSinceMs ??= this.#nowMs();
    this.#view = { ...this.#view, state: 'failed', error: message, atMs: this.#brokenSinceMs };
  }
}

const NO_NUMBERS = 'the embedder gave something that is no number';
const isWhole = (vector: Float32Array | readonly number[]): boolean => vector.every(Number.isFinite);
const asShared = (pattern: Pattern, vector: Float32Array): PatternVector => ({
  patternId: pattern.pattern_id,
  text: textDigest(pattern),
  vector: unit(vector),
});
