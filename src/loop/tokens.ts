import { createHash, randomBytes } from 'node:crypto';
import type { Actor } from '../domain/actor.ts';
import { OpsError } from '../domain/errors.ts';
import type { Clock, Ids } from '../domain/ports.ts';
import type { ApiToken, Store } from '../domain/store.ts';
import type { NewToken, Scope, TokenView } from '../domain/token.ts';

const TOKENS_MAX = 1000;

/** What a secret is known by. */
export const hashOf = (secret: string): string => createHash('sha256').update(secret).digest('hex');

/**
 * Makes a token; the secret is shown once and only its hash is kept. `userId`: the Slack user it belongs to; null: a machine's.
 * Errors: `invalid_input` for a bad name or scope, or a machine's token that would approve; `limited` when there are too many.
 */
export async function createToken(
  store: Pick<Store, 'tokens'>,
  clock: Clock,
  ids: Ids,
  spec: { readonly name: string; readonly userId: string | null; readonly scopes: readonly Scope[] },
  actor: Actor,
): Promise<NewToken> {
  if (!/^[\w.-]{1,40}$/.test(spec.name))
    throw new OpsError('invalid_input', 'That is no name for a token.', 'Up to 40 letters, digits, dots, dashes and underscores, such as ci-deploys.');
  if (spec.scopes.length === 0) throw new OpsError('invalid_input', 'A token needs a scope.', 'For example: read');
  if (spec.userId === null && spec.scopes.includes('act:approve'))
    throw new OpsError('invalid_input', 'A machine cannot approve.', 'Leave out act:approve, or make the token for a person.');
  if ((await store.tokens.list()).length >= TOKENS_MAX) throw new OpsError('limited', 'There are too many tokens.', 'Revoke those nobody uses.');
  const secret = `ops_${randomBytes(32).toString('base64url')}`;
  const token: ApiToken = { id: ids.next('token'), ...spec, hash: hashOf(secret), createdAtMs: clock.now(), lastUsedAtMs: null };
  await store.tokens.put(token, actor);
  return { ...viewOf(token), secret };
}

export async function listTokens(store: Pick<Store, 'tokens'>): Promise<readonly TokenView[]> {
  return (await store.tokens.list()).map(viewOf);
}

/** Ends a token by its name or id. Errors: `not_found`; `conflict` with the ids when several have the name. */
export async function revokeToken(store: Pick<Store, 'tokens'>, clock: Clock, name: string, actor: Actor): Promise<TokenView> {
  const named = (await listTokens(store)).filter((token) => token.id === name || token.name === name);
  const [token, ...more] = named;
  const shown = name.slice(0, 60);
  if (token === undefined) throw new OpsError('not_found', `There is no token ${shown}.`, '"tokens list" shows them.');
  if (more.length > 0) throw new OpsError('conflict', `${named.length} tokens are called ${shown}.`, `Give the id: ${named.map((one) => one.id).join(', ')}.`);
  await store.tokens.revoke(token.id, actor, clock.now());
  return token;
}

function viewOf({ hash: _, ...token }: ApiToken): TokenView {
  return token;
}
