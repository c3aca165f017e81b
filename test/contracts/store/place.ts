import type { Clock } from '../../../src/domain/ports.ts';
import type { Store } from '../../../src/domain/store.ts';

/** Where one test's state is. Each `open` is another connection to the same state. */
export interface Place {
  open(options?: { readonly clock?: Clock }): Promise<Store>;
}
