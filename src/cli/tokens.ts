import { randomUUID } from 'node:crypto';
import { loadConfig, storeAddress } from '../config.ts';
import { system } from '../domain/actor.ts';
import { OpsError } from '../domain/errors.ts';
import type { Store } from '../domain/store.ts';
import { SCOPES, type Scope, type TokenView } from '../domain/token.ts';
import { createToken, listTokens, revokeToken } from '../loop/tokens.ts';
import { openStore } from '../store/open.ts';

const ACTOR = system('cli');
const clock = { now: () => Date.now() };
const ids = { next: (prefix: string) => `${prefix}_${randomUUID()}` };

interface Options {
  readonly user?: string;
  readonly scopes: string;
  readonly json?: boolean;
}

/** `opsloop tokens create|list|revoke`. The secret of a new token is printed once. */
export async function tokens(verb: 'create' | 'list' | 'revoke', name: string | undefined, options: Options): Promise<void> {
  const scopes = scopesOf(options.scopes);
  if (options.user !== undefined && !/^[UW][A-Z0-9]{2,20}$/.test(options.user))
    throw new OpsError('invalid_input', `"${options.user}" is not a Slack user id.`, 'It looks like U0123456789 (profile, "Copy member ID").');
  const store = await openStore(storeAddress(loadConfig()));
  try {
    if (verb === 'list') await list(store, options.json === true);
    else if (name === undefined) throw new OpsError('invalid_input', `tokens ${verb} needs a ${verb === 'create' ? 'name' : 'token id or name'}.`);
    else if (verb === 'revoke') await revoke(store, name);
    else await create(store, name, scopes, options);
  } finally {
    await store.close();
  }
}

async function list(store: Store, json: boolean): Promise<void> {
  const shown = await listTokens(store);
  if (json) return void process.stdout.write(`${JSON.stringify(shown)}\n`);
  for (const token of shown) {
    const used = token.lastUsedAtMs === null ? 'never used' : `last used ${new Date(token.lastUsedAtMs).toISOString()}`;
    process.stdout.write(`${token.id}  ${token.name}  ${owner(token)}  ${token.scopes.join(',')}  ${used}\n`);
  }
}

async function revoke(store: Store, name: string): Promise<void> {
  const token = await revokeToken(store, clock, name, ACTOR);
  process.stdout.write(`${token.name} (${token.id}) is revoked.\n`);
}

async function create(store: Store, name: string, scopes: readonly Scope[], options: Options): Promise<void> {
  const token = await createToken(store, clock, ids, { name, userId: options.user ?? null, scopes }, ACTOR);
  if (options.json === true) return void process.stdout.write(`${JSON.stringify(token)}\n`);
  process.stdout.write(`${token.id}  ${token.name}  ${owner(token)}  ${token.scopes.join(',')}\nThe token, shown this once:\n${token.secret}\n`);
}

const owner = (token: TokenView): string => token.userId ?? 'machine';

function scopesOf(text: string): Scope[] {
  return text.split(',').map((part) => {
    const scope = SCOPES.find((one) => one === part.trim());
    if (scope === undefined) throw new OpsError('invalid_input', `"${part}" is not a scope.`, `Scopes: ${SCOPES.join(', ')}.`);
    return scope;
  });
}
