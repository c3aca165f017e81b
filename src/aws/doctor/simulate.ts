import { SimulatePrincipalPolicyCommand } from '@aws-sdk/client-iam';
import { toOpsError } from '../../domain/errors.ts';
import type { Clients } from '../clients.ts';
import { calling } from '../errors.ts';
import { NARROWED } from '../policies.ts';
import type { Scope } from '../scope.ts';
import { allow, type Check } from './check.ts';

const ACTIONS_A_CALL = 100;

/** Permissions to ask for together. Without `resources`: on everything. */
export interface Wish {
  readonly actions: readonly string[];
  readonly resources?: readonly string[];
}

/** Who a role's policies belong to: `…:assumed-role/opsloop/session` is the role opsloop. Null for root, who may do everything. */
export function principalOf(identityArn: string): string | null {
  const assumed = /^arn:(aws[a-z-]*):sts::(\d{12}):assumed-role\/([^/]+)\//.exec(identityArn);
  if (assumed !== null) return `arn:${assumed[1]}:iam::${assumed[2]}:role/${assumed[3]}`;
  return identityArn.endsWith(':root') ? null : identityArn;
}

/**
 * Asks IAM itself what a role may do; nothing is tried. What a policy of ours allows on less than everything is asked for just that.
 * Without the permission to ask it is a warning, never a failure.
 */
export async function checkPermissions(
  scope: Scope,
  clients: Clients,
  name: string,
  principal: string,
  wishes: readonly Wish[],
  signal: AbortSignal,
): Promise<Check> {
  const all = wishes.flatMap(split);
  try {
    const denied: string[] = [];
    for (const wish of all) denied.push(...(await deniedOf(scope, clients, principal, wish, signal)));
    const count = new Set(wishes.flatMap((wish) => wish.actions)).size;
    if (denied.length === 0) return { name, state: 'ok', detail: `all ${count} permissions`, fix: null };
    return { name, state: 'warn', detail: `not allowed: ${denied.join(', ')}`, fix: statements(wishes, denied).join('\n') };
  } catch (thrown) {
    const detail = `could not be checked: ${toOpsError(thrown).message}`;
    return { name, state: 'warn', detail, fix: allow('iam:SimulatePrincipalPolicy', principal) };
  }
}

/** Calls that our policies narrow are asked for one by one, as narrow. */
function split(wish: Wish): Wish[] {
  const narrow = wish.actions.filter((action) => action in NARROWED);
  const plain = wish.actions.filter((action) => !(action in NARROWED));
  return [...(plain.length === 0 ? [] : [{ ...wish, actions: plain }]), ...narrow.map((action) => ({ actions: [action] }))];
}

async function deniedOf(scope: Scope, clients: Clients, PolicySourceArn: string, wish: Wish, abortSignal: AbortSignal): Promise<string[]> {
  const [only = ''] = wish.actions;
  const narrowed = wish.actions.length === 1 ? NARROWED[only] : undefined;
  const named = wish.resources ?? narrowed?.Resource;
  const ResourceArns = named === undefined || named === '*' ? undefined : [named].flat();
  const ContextEntries = Object.values(narrowed?.Condition ?? {}).flatMap((entries) =>
    Object.entries(entries).map(([ContextKeyName, value]) => ({ ContextKeyName, ContextKeyValues: [value], ContextKeyType: 'string' as const })),
  );
  const denied: string[] = [];
  for (let at = 0; at < wish.actions.length; at += ACTIONS_A_CALL) {
    const command = new SimulatePrincipalPolicyCommand({
      PolicySourceArn,
      ActionNames: wish.actions.slice(at, at + ACTIONS_A_CALL),
      ResourceArns,
      ...(ContextEntries.length === 0 ? {} : { ContextEntries }),
    });
    const { EvaluationResults = [] } = await calling(scope, 'iam:SimulatePrincipalPolicy', () => clients.iam.send(command, { abortSignal }));
    denied.push(...EvaluationResults.filter((one) => one.EvalDecision !== 'allowed').map((one) => one.EvalActionName ?? ''));
  }
  return [...new Set(denied)];
}

/** What to add to the role's policy, one statement a group of resources. */
function statements(wishes: readonly Wish[], denied: readonly string[]): string[] {
  return wishes.flatMap(({ actions, resources }) => {
    const missing = actions.filter((action) => denied.includes(action));
    return missing.length === 0 ? [] : [allow(missing, resources)];
  });
}
