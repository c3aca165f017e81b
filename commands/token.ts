import { tokenEndedCard, tokenMadeCard, tokensCard } from '../blocks/token.ts';
import { user } from '../src/domain/actor.ts';
import { OpsError } from '../src/domain/errors.ts';
import { SCOPES, type Scope } from '../src/domain/token.ts';
import { type Answer, type Ask, type Command, privately, type Tools } from './types.ts';
import { words } from './words.ts';

/** API tokens. Every answer is for the asker alone, wherever it was asked: the secret is never said in a channel. */
export const token: Command = {
  name: 'token',
  aliases: ['tokens', '令牌'],
  usage: 'create <name> <scopes> [me] | list | revoke <name>',
  async run(ask, tools) {
    const [verb = 'list', ...rest] = ask.text.split(' ').filter((part) => part !== '');
    const actor = user(ask.userId);
    if (verb === 'list' && rest.length === 0) return privately(tokensCard(await tools.verbs.tokens(actor), ask.forMe));
    const [name] = rest;
    if (verb === 'revoke' && name !== undefined && rest.length === 1) return privately(tokenEndedCard(await tools.verbs.revokeToken(name, actor), ask.forMe));
    if (verb === 'create' && name !== undefined) return await create(name, rest.slice(1), ask, tools);
    throw howTo(ask);
  },
};

async function create(name: string, rest: readonly string[], ask: Ask, { verbs }: Tools): Promise<Answer> {
  const forMe = rest.at(-1) === 'me';
  const named = (forMe ? rest.slice(0, -1) : rest).flatMap((part) => part.split(',')).filter((part) => part !== '');
  const scopes = named.map((part): Scope => {
    const scope = SCOPES.find((one) => one === part);
    if (scope !== undefined) return scope;
    throw new OpsError('invalid_input', words(ask.forMe.locale).noScope(part.slice(0, 40)), SCOPES.join(', '));
  });
  if (scopes.length === 0) throw howTo(ask);
  return privately(tokenMadeCard(await verbs.createToken({ name, forMe, scopes: [...new Set(scopes)] }, user(ask.userId)), ask.forMe));
}

function howTo(ask: Ask): OpsError {
  const say = words(ask.forMe.locale);
  return new OpsError('invalid_input', say.needs(token.usage), say.example('token create ci read,act:request'));
}
