/** What an API token may do. `act:approve` is for people's tokens only; `ingest` sends alarms in. */
export const SCOPES = ['read', 'detect', 'learn', 'act:request', 'act:approve', 'ingest'] as const;
export type Scope = (typeof SCOPES)[number];

export interface TokenRequest {
  readonly name: string; // letters, digits, . _ - and up to 40 of them
  readonly forMe: boolean; // counts as the person who asks; else a machine's
  readonly scopes: readonly Scope[];
}

/** A token as people see it; what it is checked by stays in the store. */
export interface TokenView {
  readonly id: string;
  readonly name: string;
  readonly userId: string | null; // null: a machine's
  readonly scopes: readonly string[];
  readonly createdAtMs: number;
  readonly lastUsedAtMs: number | null;
}
/** A token just made: its secret is told this once and kept nowhere. */
export interface NewToken extends TokenView {
  readonly secret: string;
}
