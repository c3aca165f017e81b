import type { Actor } from '../../domain/actor.ts';
import { OpsError } from '../../domain/errors.ts';
import type { NewToken, TokenRequest, TokenView } from '../../domain/token.ts';
import type { Ops } from '../ops.ts';
import { createToken, listTokens, revokeToken } from '../tokens.ts';
import { requireListed } from './people.ts';

/** A token for a machine or for the one who asks, never for somebody else: it would speak in their name. Operators only. */
export async function makeToken(ops: Ops, { name, forMe, scopes }: TokenRequest, actor: Actor): Promise<NewToken> {
  const userId = await requireOperator(ops, actor, 'make API tokens', name);
  return await createToken(ops.store, ops.clock, ops.ids, { name, userId: forMe ? userId : null, scopes }, actor);
}

export async function tokens(ops: Ops, actor: Actor): Promise<readonly TokenView[]> {
  await requireOperator(ops, actor, 'see API tokens', 'all');
  return await listTokens(ops.store);
}

export async function endToken(ops: Ops, name: string, actor: Actor): Promise<TokenView> {
  await requireOperator(ops, actor, 'revoke API tokens', name);
  return await revokeToken(ops.store, ops.clock, name, actor);
}

/** Who it is. A token makes no tokens: what it may do would outlive it. A refusal is audited. */
async function requireOperator(ops: Ops, actor: Actor, verb: string, name: string): Promise<string> {
  try {
    if (actor.type !== 'user') throw new OpsError('forbidden', 'A token can only be made or revoked by a person in Slack, or on the machine.');
    await requireListed(ops, actor, 'operators', verb);
    return actor.userId;
  } catch (thrown) {
    if (thrown instanceof OpsError && thrown.code === 'forbidden')
      await ops.store.audit.append({ actor, verb: 'token.refused', subject: name.slice(0, 60), detail: { wanted: verb } }, ops.clock.now());
    throw thrown;
  }
}
