import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SHARDS } from '../../src/domain/replica.ts';
import { movesOf } from '../../src/replicas/spread.ts';

/** Everybody moves in turn until nobody wants to. Returns how many shards changed hands. */
function settle(living: readonly string[], holders: (string | null)[]): number {
  let moved = 0;
  for (let round = 0; round < 20; round += 1) {
    let again = false;
    for (const self of living) {
      const { release, take } = movesOf(self, living, holders);
      for (const shard of release) holders[shard] = null;
      for (const shard of take) holders[shard] = self;
      moved += take.length;
      again ||= release.length + take.length > 0;
    }
    if (!again) return moved;
  }
  throw new Error('it does not settle');
}

const counts = (living: readonly string[], holders: readonly (string | null)[]): number[] => living.map((self) => holders.filter((one) => one === self).length);
const names = fc.uniqueArray(fc.stringMatching(/^r[a-z0-9]{1,6}$/), { minLength: 1, maxLength: 12 }).map((list) => list.sort());
const nobody = (): (string | null)[] => Array.from({ length: SHARDS }, () => null);

describe('how shards are spread', () => {
  it('gives every living replica the same number, give or take one, and leaves none out, whoever came and went before', () => {
    fc.assert(
      fc.property(names, names, (before, after) => {
        const holders = nobody();
        settle(before, holders);
        settle(after, holders);
        expect(holders.every((one) => one !== null && after.includes(one))).toBe(true);
        const [least, most] = [Math.min(...counts(after, holders)), Math.max(...counts(after, holders))];
        expect(most - least).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('moves only what must move: a share to one that joins, and the share of one that died', () => {
    const holders = nobody();
    settle(['a', 'b', 'c'], holders);
    expect(settle(['a', 'b', 'c', 'd'], holders)).toBe(SHARDS / 4);
    expect(settle(['a', 'b', 'd'], holders)).toBeLessThanOrEqual(SHARDS / 4 + 3);
  });

  it('gives nothing to a replica that is not among the living', () => {
    expect(movesOf('z', ['a'], nobody())).toEqual({ release: [], take: [] });
  });
});
