import type { Leadership } from '../domain/replica.ts';
import type { Repositories, Store } from '../domain/store.ts';

/** The store for what only the leader may do: a transaction is refused as a whole once another leads. */
export const fencedStore = (store: Store, leadership: Leadership): Store => ({
  ...store,
  transaction: <T>(work: (tx: Repositories) => Promise<T>): Promise<T> =>
    store.transaction(async (tx) => {
      await leadership.fence(tx);
      return await work(tx);
    }),
});
