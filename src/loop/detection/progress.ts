import { type ShardLease, shardOf } from '../../domain/replica.ts';
import type { Repositories } from '../../domain/store.ts';

const READER = 'detection';

/** What is read next: shards that have come equally far. */
export interface Part {
  readonly after: number;
  readonly shards: readonly number[];
  readonly others: boolean; // there are shards that have come further, to be read after these
  readonly only: [] | [readonly number[]]; // as an argument; none: everything
}

/** How far detection has read, for everything or for each shard: it stays with the shard when that goes to another replica. */
export class Progress {
  readonly #leases: readonly ShardLease[] | null;
  readonly #after: Map<number, number>; // by shard; without shards by -1

  private constructor(leases: readonly ShardLease[] | null, after: Map<number, number>) {
    this.#leases = leases;
    this.#after = after;
  }

  static async load(store: Pick<Repositories, 'watermarks'>, leases: readonly ShardLease[] | null): Promise<Progress> {
    const marks = await store.watermarks.list(READER);
    const before = marks.get(READER) ?? 0; // of the time before there were shards
    const shards = leases === null ? [-1] : leases.map((lease) => lease.shard);
    return new Progress(leases, new Map(shards.map((shard) => [shard, marks.get(readerOf(shard)) ?? before])));
  }

  /** Whether this is of the very same leases: a shard that was away and came back has been read on by somebody else. */
  isFor(leases: readonly ShardLease[] | null): boolean {
    const names = (list: readonly ShardLease[] | null): string => list?.map(({ shard, token }) => `${shard}:${token}`).join() ?? '';
    return names(leases) === names(this.#leases);
  }

  covers(resourceId: string): boolean {
    return this.#leases === null || this.#after.has(shardOf(resourceId));
  }

  /** The shards as an argument; none: everything. */
  get only(): [] | [readonly number[]] {
    return this.#leases === null ? [] : [[...this.#after.keys()]];
  }

  furthestBehind(): Part {
    const after = Math.min(...this.#after.values());
    const shards = [...this.#after].flatMap(([shard, mark]) => (mark === after ? [shard] : []));
    return { after, shards, others: shards.length < this.#after.size, only: this.#leases === null ? [] : [shards] };
  }

  /** First in the transaction: refused when a shard has gone to another replica. */
  async save(tx: Repositories, part: Part, sequence: number): Promise<void> {
    if (this.#leases !== null) await tx.leases.hold(this.#leases);
    await tx.watermarks.setAll(new Map(part.shards.map((shard) => [readerOf(shard), sequence])));
  }

  reached(part: Part, sequence: number): void {
    for (const shard of part.shards) this.#after.set(shard, sequence);
  }
}

const readerOf = (shard: number): string => (shard < 0 ? READER : `${READER}:${String(shard).padStart(2, '0')}`);
