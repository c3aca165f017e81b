import type { Clock } from '../domain/ports.ts';
import type { Store } from '../domain/store.ts';
import type { PgLimits } from './postgres/gate.ts';
import { placeOf } from './postgres/place.ts';
import type { StoreLimits } from './sqlite/gate.ts';
import { openSqlite } from './sqlite/open.ts';

export interface StoreOptions {
  readonly clock?: Clock;
  /** How long to wait for what; those of the other engine are passed over. */
  readonly limits?: Partial<StoreLimits & PgLimits>;
}

/**
 * The state at a place: `postgres://…` names a PostgreSQL database, anything else a SQLite file.
 * Errors: OpsError('unavailable') when it cannot be opened, `conflict` when it belongs to a newer opsloop or another program.
 */
export async function openStore(place: string, options: StoreOptions = {}): Promise<Store> {
  const clock = options.clock ?? { now: () => Date.now() };
  const open = isPostgres(place) ? (await import('./postgres/open.ts')).openPostgres : openSqlite; // whoever has one database need not load both drivers
  return open(place, clock, options.limits ?? {});
}

/** A place in words for people: without a password. */
export const storePlace = (place: string): string => (isPostgres(place) ? placeOf(place) : place);

export const isPostgres = (place: string): boolean => /^postgres(?:ql)?:\/\//i.test(place);
