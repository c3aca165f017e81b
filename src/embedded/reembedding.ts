import { OpsError, toOpsError } from '../domain/errors.ts';
import type { Pattern } from '../domain/pattern.ts';
import { type Embedder, patternText } from './embedding.ts';

const BATCH = 64;
const FAILURES_IN_A_ROW = 5; // so many, one after the other, mean that the embedder is away

/** Called after each batch of a re-embedding. */
export type Progress = (done: number, all: number) => void;
export interface Reembedded {
  readonly embedded: number;
  readonly failed: readonly { readonly patternId: string; readonly reason: string }[];
}
/** By pattern: a vector and the text that it was made of. */
export type Made = Map<string, { readonly text: string; readonly vector: Float32Array }>;

/** Makes vectors of patterns by one embedder; a text that it refuses is left out and named. */
export class Reembedding {
  readonly failed: { patternId: string; reason: string }[] = [];
  readonly made: Made;
  private readonly embedder: Embedder;
  private readonly signal: AbortSignal;
  private inARow = 0;

  constructor(embedder: Embedder, made: Made, signal: AbortSignal) {
    this.embedder = embedder;
    this.made = made;
    this.signal = signal;
  }

  /** Errors: `unavailable` when the embedder seems to be away altogether. */
  async all(patterns: readonly Pattern[], progress: Progress): Promise<void> {
    for (let at = 0; at < patterns.length; at += BATCH) {
      await this.batch(patterns.slice(at, at + BATCH), patterns.length);
      progress(Math.min(at + BATCH, patterns.length), patterns.length);
    }
  }

  /** All at once; when that fails, one by one, to find out which. */
  private async batch(patterns: readonly Pattern[], all: number): Promise<void> {
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
