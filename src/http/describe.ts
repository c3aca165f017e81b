import type { ZodType } from 'zod';

/** What the OpenAPI document says of a route beside its schemas. */
export interface RouteDoc {
  readonly tag: string;
  readonly summary: string;
  readonly detail?: string;
  /** The answer when all is well, by status. */
  readonly answers: Readonly<Record<number, { readonly what: string; readonly schema?: ZodType; readonly type?: string }>>;
}

/** A route that answers 200 with one kind of thing. */
export const answering = (tag: string, summary: string, schema: ZodType, detail?: string): RouteDoc => ({
  tag,
  summary,
  answers: { 200: { what: 'Done', schema } },
  ...(detail === undefined ? {} : { detail }),
});
