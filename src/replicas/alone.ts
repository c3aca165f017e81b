import type { Replicas } from '../domain/replica.ts';

/** One process on a database of its own: it leads, it looks after everything, and nobody can take that away. */
export const alone = (id: string): Replicas => ({
  id,
  others: () => [],
  leads: () => true,
  fence: async () => undefined,
  onChange: () => () => undefined,
  claim: async () => undefined,
  isElsewhere: async () => false,
  use: (work) => work(null),
  start: async () => undefined,
  stop: async () => undefined,
  list: async () => [],
});
