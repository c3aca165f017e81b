import type { Clock } from '../../domain/ports.ts';
import { type Scope, scopesOf } from '../scope.ts';
import type { AwsSettings } from '../settings.ts';
import type { Check } from './check.ts';
import { type Estimate, estimateOf } from './estimate.ts';
import { checkIdentity } from './identity.ts';
import { checkOwn, type Models, ownWishes } from './own.ts';
import { checkInventory, checkReading, observedActions } from './reading.ts';
import { checkPermissions, principalOf, type Wish } from './simulate.ts';

export interface Asked {
  readonly settings: AwsSettings;
  readonly region: string; // of the home scope, when the config names no account
  readonly clock: Clock;
  readonly actActions: readonly string[]; // what acting takes
  readonly models: Models;
}

/** Looks at everything AWS that the config names, with calls that change nothing (but one small object, written and removed). */
export async function checkAws(asked: Asked, signal: AbortSignal): Promise<{ readonly checks: Check[]; readonly estimate: Estimate }> {
  const scopes = scopesOf(asked.settings, asked.region);
  const [home] = scopes;
  const checks: Check[] = [];
  const places: { scope: Scope; metrics: number }[] = [];
  try {
    for (const [index, scope] of scopes.entries()) {
      const isFirstRegion = scopes.findIndex((one) => one.account === scope.account) === index;
      const found = await checkPlace(scope, asked, isFirstRegion, signal);
      checks.push(...found.checks);
      places.push({ scope, metrics: found.metrics });
    }
    checks.push(...(await checkOwn(home, asked.settings, asked.models, signal)));
  } finally {
    for (const { read, check, act } of scopes) for (const clients of [read, check, act]) clients.destroy();
  }
  return { checks, estimate: estimateOf(places, asked.settings) };
}

/** One account in one region. Without an identity nothing more is asked there. */
async function checkPlace(scope: Scope, asked: Asked, isFirstRegion: boolean, signal: AbortSignal): Promise<{ checks: Check[]; metrics: number }> {
  const { settings, clock } = asked;
  const { arn, checks } = await checkIdentity(scope, clock, signal);
  if (arn === null || checks.some((check) => check.state === 'fail')) return { checks, metrics: 0 };
  const reading = await checkReading(scope, settings, signal);
  const inventory = await checkInventory(scope, settings, clock, isFirstRegion, signal);
  const roles = isFirstRegion ? await checkRoles(scope, asked, arn, signal) : []; // roles are the same in every region
  return { checks: [...checks, ...reading, ...inventory.checks, ...roles], metrics: inventory.metrics };
}

async function checkRoles(scope: Scope, asked: Asked, identityArn: string, signal: AbortSignal): Promise<Check[]> {
  const account = asked.settings.accounts.find((one) => one.name === scope.account);
  const own = scope.suffix === '' ? ownWishes(scope, asked.settings, asked.models, identityArn) : [];
  const wishes: Wish[] = [{ actions: observedActions(scope, asked.settings) }, ...own];
  const observer = account?.observe_role ?? principalOf(identityArn);
  const observing: Check =
    observer === null
      ? { name: `observing ${scope.account}`, state: 'warn', detail: 'runs as root, who may do everything', fix: 'Use a role: deploy/opsloop.yaml makes one.' }
      : await checkPermissions(scope, scope.read, `observing ${scope.account}`, observer, wishes, signal);
  const name = `acting ${scope.account}`;
  if (account?.act_role !== undefined)
    return [observing, await checkPermissions(scope, scope.check, name, account.act_role, [{ actions: asked.actActions }], signal)];
  const detail = 'there is no act_role: fixes run with the observing credentials, and are refused if those only read';
  return [observing, { name, state: 'warn', detail, fix: 'aws:\n  accounts:\n    - act_role: arn:aws:iam::<account>:role/opsloop-act' }];
}
