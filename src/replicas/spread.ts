/** What to give up and what to try to take, as names of shards. */
export interface Moves {
  readonly release: readonly number[];
  readonly take: readonly number[];
}

/**
 * The fair share of one replica of `living` (sorted, itself among them): as many shards as anybody else, give or take one. What it has
 * stays, as far as it is its share, so that a replica that joins or dies moves only what must move. `holders`: who has each shard; null
 * or somebody not among the living: nobody.
 */
export function movesOf(self: string, living: readonly string[], holders: readonly (string | null)[]): Moves {
  const rank = living.indexOf(self);
  if (rank < 0) return { release: [], take: [] };
  const mine = holders.flatMap((holder, shard) => (holder === self ? [shard] : []));
  const share = Math.floor(holders.length / living.length) + (rank < holders.length % living.length ? 1 : 0);
  const free = holders.flatMap((holder, shard) => (holder === null || !living.includes(holder) ? [shard] : []));
  // Each begins elsewhere among the free ones, so that two who look at the same moment seldom reach for the same shard.
  const from = Math.floor((free.length * rank) / living.length);
  return { release: mine.slice(share), take: [...free.slice(from), ...free.slice(0, from)].slice(0, Math.max(0, share - mine.length)) };
}
