import { describe, expect, it, vi } from 'vitest';
import { SHARDS, type ShardLease } from '../../src/domain/replica.ts';
import type { Store } from '../../src/domain/store.ts';
import type { SharedReplicas } from '../../src/replicas/shared.ts';

/** A replica that a test can kill and freeze. */
export interface Mortal {
  readonly replicas: SharedReplicas;
  readonly store: Store;
  /** As SIGKILL: it takes no leave, and its connections end. */
  die(): Promise<void>;
  /** As SIGSTOP: its connections stay, and it does nothing until the returned function is called. */
  freeze(): () => void;
}
/** Replicas beat every 25 ms, and count as dead after 1.5 s. */
export interface ReplicaPlace {
  join(id: string, options?: { readonly skewMs?: number; readonly quorum?: number }): Promise<Mortal>;
}

const held = (one: Mortal): Promise<readonly ShardLease[]> => one.replicas.use(async (shards) => shards ?? []);
const counts = (all: readonly Mortal[]): Promise<number[]> => Promise.all(all.map(async (one) => (await held(one)).length));
const soon = { timeout: 12_000, interval: 20 };
const leaders = (all: readonly Mortal[]): string[] => all.filter((one) => one.replicas.leads()).map((one) => one.replicas.id);

/** Leadership and leases over several replicas on one database. */
export function replicasContract(name: string, make: () => ReplicaPlace): void {
  describe(`${name}: replicas`, () => {
    it('are led by one, and another leads when it leaves or dies', async () => {
      const place = make();
      const all = [await place.join('a'), await place.join('b'), await place.join('c')] as const;
      expect(leaders(all)).toEqual(['a']);
      const told: boolean[] = [];
      all[1].replicas.onChange((leads) => told.push(leads));
      all[2].replicas.onChange((leads) => told.push(leads));
      await all[0].replicas.stop();
      await vi.waitFor(() => expect(told).toEqual([true]), soon);
      const leader = all.find((one) => one.replicas.leads());
      await leader?.die();
      const left = all.filter((one) => one !== leader && one !== all[0]);
      await vi.waitFor(() => expect(leaders(left)).toHaveLength(1), soon);
    });

    it('share the shards evenly, and again when one joins or dies', async () => {
      const place = make();
      const [a, b] = [await place.join('a'), await place.join('b')] as const;
      await vi.waitFor(async () => expect(await counts([a, b])).toEqual([SHARDS / 2, SHARDS / 2]), soon);
      const c = await place.join('c');
      await vi.waitFor(async () => expect((await counts([a, b, c])).toSorted()).toEqual([21, 21, 22]), soon);
      await b.die();
      await vi.waitFor(async () => expect(await counts([a, c])).toEqual([SHARDS / 2, SHARDS / 2]), soon);
      expect((await a.replicas.list()).map(({ id, shards, leads }) => ({ id, shards, leads }))).toEqual([
        { id: 'a', shards: SHARDS / 2, leads: true },
        { id: 'c', shards: SHARDS / 2, leads: false },
      ]);
    });

    it('give away no shard while it is looked after', async () => {
      const place = make();
      const a = await place.join('a');
      let free: () => void = () => undefined;
      const busy = a.replicas.use(
        (shards) =>
          new Promise<number>((resolve) => {
            free = () => resolve(shards?.length ?? 0);
          }),
      );
      const b = await place.join('b');
      await new Promise((resolve) => setTimeout(resolve, 150));
      expect((await held(b)).length).toBe(0);
      free();
      expect(await busy).toBe(SHARDS);
      await vi.waitFor(async () => expect(await counts([a, b])).toEqual([SHARDS / 2, SHARDS / 2]), soon);
    });

    it('refuse what one of them writes that was frozen while others took over, though its connections stayed', async () => {
      const place = make();
      const [a, b] = [await place.join('a'), await place.join('b')] as const;
      const before = await held(a);
      const thaw = a.freeze();
      await vi.waitFor(async () => expect([b.replicas.leads(), (await held(b)).length]).toEqual([true, SHARDS]), soon);
      thaw();
      await expect(a.store.transaction((tx) => a.replicas.fence(tx))).rejects.toMatchObject({ code: expect.stringMatching(/conflict|unavailable/) });
      await expect(a.store.transaction((tx) => tx.leases.hold(before))).rejects.toMatchObject({ code: 'conflict' });
      await vi.waitFor(async () => expect(await counts([a, b])).toEqual([SHARDS / 2, SHARDS / 2]), soon);
      expect(leaders([a, b])).toEqual(['b']);
    });

    it('agree on time and leases with clocks four minutes apart', async () => {
      const place = make();
      const [a, b] = [await place.join('a', { skewMs: -120_000 }), await place.join('b', { skewMs: 120_000 })] as const;
      await vi.waitFor(async () => expect(await counts([a, b])).toEqual([SHARDS / 2, SHARDS / 2]), soon);
      expect(leaders([a, b])).toEqual(['a']);
      await new Promise((resolve) => setTimeout(resolve, 2000)); // longer than the dead are given
      expect(leaders([a, b])).toEqual(['a']);
    });

    it('know each other\u2019s policies', async () => {
      const place = make();
      const [a, b] = [await place.join('a', { quorum: 2 }), await place.join('b', { quorum: 4 })] as const;
      await vi.waitFor(() => expect(a.replicas.others().map((peer) => peer.policy?.quorum)).toEqual([4]), soon);
      expect(b.replicas.others().map((peer) => peer.policy?.quorum)).toEqual([2]);
      expect(new Set((await a.replicas.list()).map((view) => view.policyMark)).size).toBe(2);
    });
  });
}
