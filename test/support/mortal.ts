/** What a chosen call dies of. */
export class Crash extends Error {}

export interface Fate {
  calls: number; // so far
  readonly dieAt: number; // -1: never
  readonly when: 'before' | 'after';
}

/** Every method counts, and the chosen call dies: before it does its work, or right after. */
export function mortal<T extends object>(target: T, fate: Fate): T {
  return new Proxy(target, {
    get(object, name, receiver) {
      const value: unknown = Reflect.get(object, name, receiver);
      if (typeof value !== 'function') return typeof value === 'object' && value !== null ? mortal(value, fate) : value;
      return async (...args: unknown[]) => {
        fate.calls += 1;
        const mine = fate.calls === fate.dieAt;
        if (mine && fate.when === 'before') throw new Crash();
        const result: unknown = await value.apply(object, args);
        if (mine) throw new Crash();
        return result;
      };
    },
  });
}
