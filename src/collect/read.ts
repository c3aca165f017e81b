import { OpsError, toOpsError } from '../domain/errors.ts';
import type { Batch, Clock, TimeWindow } from '../domain/ports.ts';
import type { Repositories, Store } from '../domain/store.ts';
import type { SourceStatus } from '../domain/views.ts';
import { backoffMs, nextWindow } from './window.ts';

interface Readable<T> {
  readonly name: string;
  read(window: TimeWindow, signal: AbortSignal): Promise<Batch<T>>;
}

/** One source with how it is filed, and how it has been doing. */
export class Reader<T> {
  readonly kind: SourceStatus['kind'];
  readonly #source: Readable<T>;
  readonly #file: (tx: Repositories, items: readonly T[]) => Promise<number>;
  #failures = 0;
  #retryAtMs = 0;
  #lastReadAtMs: number | null = null;
  #error: string | null = null;

  constructor(kind: SourceStatus['kind'], source: Readable<T>, file: (tx: Repositories, items: readonly T[]) => Promise<number>) {
    this.kind = kind;
    this.#source = source;
    this.#file = file;
  }

  status(): SourceStatus {
    return { name: this.#source.name, kind: this.kind, ok: this.#failures === 0, lastReadAtMs: this.#lastReadAtMs, error: this.#error };
  }

  /**
   * Reads what is new and files it with the watermark in one transaction, so that a crash repeats the read and files nothing
   * twice. A source that fails is left alone for a growing while; the others are not touched by it.
   */
  async read(
    store: Store,
    clock: Clock,
    options: { readonly backfillMs: number; readonly timeoutMs: number },
  ): Promise<{ fresh: number; gaps: readonly string[] }> {
    const nowMs = clock.now();
    const mark = `${this.kind}:${this.#source.name}`;
    if (nowMs < this.#retryAtMs && this.#error !== null) return { fresh: 0, gaps: [this.#error] };
    const window = nextWindow(await store.watermarks.get(mark), nowMs, options.backfillMs);
    if (window === null) return { fresh: 0, gaps: [] };
    try {
      const batch = await withTimeout(this.#source, window, options.timeoutMs);
      const fresh = await store.transaction(async (tx) => {
        const count = await this.#file(tx, batch.items);
        await tx.watermarks.set(mark, batch.completeUntilMs);
        return count;
      });
      await batch.commit?.();
      this.#failures = 0;
      this.#error = batch.gaps[0] ?? null;
      this.#lastReadAtMs = nowMs;
      return { fresh, gaps: batch.gaps };
    } catch (thrown) {
      this.#failures += 1;
      this.#retryAtMs = nowMs + backoffMs(this.#failures);
      this.#error = `${this.#source.name}: ${toOpsError(thrown).message}`;
      return { fresh: 0, gaps: [this.#error] };
    }
  }
}

async function withTimeout<T>(source: Readable<T>, window: TimeWindow, timeoutMs: number): Promise<Batch<T>> {
  const signal = AbortSignal.timeout(timeoutMs);
  const late = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(new OpsError('unavailable', `did not answer within ${Math.round(timeoutMs / 1000)} s`)), { once: true });
  });
  return await Promise.race([source.read(window, signal), late]);
}
