import { createHash } from 'node:crypto';
import { z } from 'zod';
import { OpsError } from '../../domain/errors.ts';
import type { Archive, Receipt } from '../../domain/ports.ts';

const RunSchema = z.object({
  state: z.enum(['started', 'done']),
  action: z.string(),
  targetId: z.string(),
  receipt: z.record(z.string(), z.string()),
  undone: z.record(z.string(), z.string()).nullable(),
});
export type Run = z.infer<typeof RunSchema>;

const RecentSchema = z.array(z.object({ atMs: z.number(), targetId: z.string(), group: z.string().nullable() }));
export type Recent = z.infer<typeof RecentSchema>[number];

const RECENT = 'recent.json';
const TRIES = 5;
const MOST_RECENT = 1000;

/**
 * What was done under which key, kept where it outlives the process. AWS has no idempotency token for most calls that change
 * something: a run is noted before it acts (create only, so that of two callers one acts) and again afterwards.
 */
export class Journal {
  readonly #archive: Archive;

  constructor(archive: Archive) {
    this.#archive = archive;
  }

  async get(key: string): Promise<Run | null> {
    const found = await this.#archive.get(pathOf(key));
    return found === null ? null : RunSchema.parse(JSON.parse(found.content));
  }

  /** False: somebody noted this key before. */
  async start(key: string, run: Omit<Run, 'state' | 'undone'>): Promise<boolean> {
    return await this.#put(pathOf(key), { ...run, state: 'started', undone: null }, null);
  }

  async done(key: string, run: Omit<Run, 'state' | 'undone'>, undone: Receipt | null = null): Promise<void> {
    await this.#archive.put(pathOf(key), JSON.stringify({ ...run, state: 'done', undone }));
  }

  /** The target refused: it is as if the run had never been noted. */
  async forget(key: string): Promise<void> {
    await this.#archive.remove(pathOf(key));
  }

  /**
   * Notes that a target is about to be acted on, when `allow` finds nothing against it. What others note at the same moment is
   * seen: the list is replaced only as it was read.
   */
  async reserve(entry: Recent, sinceMs: number, allow: (recent: readonly Recent[]) => OpsError | null): Promise<void> {
    for (let attempt = 0; attempt < TRIES; attempt += 1) {
      const found = await this.#archive.get(RECENT);
      const recent = found === null ? [] : RecentSchema.parse(JSON.parse(found.content)).filter((one) => one.atMs > sinceMs);
      const refusal = allow(recent);
      if (refusal !== null) throw refusal;
      if (await this.#put(RECENT, [...recent, entry].slice(-MOST_RECENT), found?.etag ?? null)) return;
    }
    throw new OpsError('limited', 'Too many actions start at the same time.', 'Try again in a moment.');
  }

  async #put(path: string, value: unknown, ifMatch: string | null): Promise<boolean> {
    try {
      await this.#archive.put(path, JSON.stringify(value), { ifMatch });
      return true;
    } catch (thrown) {
      if (thrown instanceof OpsError && thrown.code === 'conflict') return false;
      throw thrown;
    }
  }
}

const pathOf = (key: string): string => `runs/${createHash('sha256').update(key).digest('hex').slice(0, 40)}.json`;
