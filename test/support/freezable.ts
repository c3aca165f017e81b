import type { LeaseRepository } from '../../src/domain/store.ts';

/** Leases whose calls wait while they are frozen: a replica that was stopped, with its connections open. */
export function freezable(leases: LeaseRepository): { readonly leases: LeaseRepository; readonly freeze: () => () => void } {
  let frozen: Promise<void> = Promise.resolve();
  const wrapped = new Proxy(leases, {
    get: (target, key) => {
      const value = Reflect.get(target, key) as (...args: unknown[]) => Promise<unknown>;
      return async (...args: unknown[]) => {
        await frozen;
        return await Reflect.apply(value, target, args);
      };
    },
  });
  const freeze = (): (() => void) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    frozen = promise;
    return resolve;
  };
  return { leases: wrapped, freeze };
}
