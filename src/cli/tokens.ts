import { randomUUID } from 'node:crypto';
import { loadConfig } from '../config.ts';
import { system } from '../domain/actor.ts';
import { OpsError } from '../domain/errors.ts';
import { createToken, SCOPES, type Scope } from '../http/auth.ts';
import { openStore } from '../store/open.ts';

const ACTOR = system('cli');
const clock = { now: () => Date.now() };
const ids = { next: (prefix: string) => `${prefix}_${randomUUID()}` };

/** `opsloop tokens create|list|revoke`. The secret of a new token is printed once. */
export async function tokens(verb: string, name: string | undefined, options: { readonly user?: string; readonly scopes: string }): Promise<void> {
  const store = await openStore(loadConfig().store.path);
  try {
    if (verb === 'list') {
      for (const token of await store.tokens.list()) {
        const used = token.lastUsedAtMs === null ? 'never used' : `last used ${new Date(token.lastUsedAtMs).toISOString()}`;
        process.stdout.write(`${token.id}  ${token.name}  ${token.userId ?? 'machine'}  ${token.scopes.join(',')}  ${used}\n`);
      }
      return;
    }
    if (verb !== 'create' && verb !== 'revoke') throw new OpsError('invalid_input', `"tokens ${verb}" is not a command.`, 'Use create, list or revoke.');
    if (name === undefined) throw new OpsError('invalid_input', `tokens ${verb} needs a ${verb === 'create' ? 'name' : 'token id'}.`);
    if (verb === 'revoke') {
      if (!(await store.tokens.revoke(name, ACTOR, clock.now())))
        throw new OpsError('not_found', `There is no token ${name}.`, '"opsloop tokens list" shows them.');
      process.stdout.write(`${name} is revoked.\n`);
      return;
    }
    const { token, secret } = await createToken(store, clock, ids, { name, userId: options.user ?? null, scopes: scopesOf(options.scopes) }, ACTOR);
    process.stdout.write(`${token.id}  ${token.name}  ${token.userId ?? 'machine'}  ${token.scopes.join(',')}\nThe token, shown this once:\n${secret}\n`);
  } finally {
    await store.close();
  }
}

function scopesOf(text: string): Scope[] {
  return text.split(',').map((part) => {
    const scope = SCOPES.find((one) => one === part.trim());
    if (scope === undefined) throw new OpsError('invalid_input', `"${part}" is not a scope.`, `Scopes: ${SCOPES.join(', ')}.`);
    return scope;
  });
}
