import { z } from 'zod';
import { OpsError } from '../domain/errors.ts';

/** `limit` and `cursor` of a list; the next cursor comes with the answer. */
export const PageQuery = { limit: z.coerce.number().int().min(1).max(100).default(20), cursor: z.string().min(1).max(100).optional() };

/** A page of a list: `next` is null at its end. */
export const pageOf = <T extends z.ZodType>(item: T) => z.object({ items: z.array(item), next: z.string().nullable() });

export interface Page<T> {
  readonly items: readonly T[];
  readonly next: string | null;
}

/** Cuts one page out of `limit + 1` rows; `place` names a row for the cursor. */
export function page<T>(rows: readonly T[], limit: number, place: (row: T) => string): Page<T> {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, next: rows.length > limit && last !== undefined ? Buffer.from(place(last)).toString('base64url') : null };
}

/** Where a cursor points. Errors: `invalid_input` for one that is not ours. */
export function placeOf(cursor: string | undefined, form: RegExp): string | undefined {
  if (cursor === undefined) return undefined;
  const place = Buffer.from(cursor, 'base64url').toString('utf8');
  if (form.test(place)) return place;
  throw new OpsError('invalid_input', 'This cursor is not one of this list.', 'Take "next" of the page before, or leave it out to begin.');
}
