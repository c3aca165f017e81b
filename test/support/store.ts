import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Store } from '../../src/domain/store.ts';
import { openStore, type StoreOptions } from '../../src/store/open.ts';

/** A place for one test's database; the stores opened on it are closed, and the folder goes, when the test ends. */
export interface StorePlace {
  readonly path: string;
  open(options?: StoreOptions): Promise<Store>;
}

export function storePlace(): StorePlace {
  const folder = mkdtempSync(join(tmpdir(), 'opsloop-store-'));
  const path = join(folder, 'opsloop.db');
  const opened: Store[] = [];
  onTestFinished(async () => {
    for (const store of opened) await store.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return {
    path,
    open: async (options) => {
      const store = await openStore(path, options);
      opened.push(store);
      return store;
    },
  };
}

/** A new, empty store of the test that calls it. */
export const tempStore = (options?: StoreOptions): Promise<Store> => storePlace().open(options);
