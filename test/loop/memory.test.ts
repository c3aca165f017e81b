import { getHeapSpaceStatistics } from 'node:v8';
import { expect, it } from 'vitest';
import { giveBackMemory } from '../../src/loop/memory.ts';

const youngMb = (): number => (getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space')?.space_size ?? Number.NaN) / 2 ** 20;

it('gives back the room that many short-lived objects took', () => {
  let keep: object[] = [];
  for (let n = 0; n < 3_000_000; n += 1) {
    keep.push({ n, list: [n] });
    if (keep.length > 200_000) keep = keep.slice(100_000);
  }
  const before = youngMb();
  giveBackMemory();
  expect(keep.length).toBeGreaterThan(0);
  expect(youngMb()).toBeLessThan(before / 4);
});
