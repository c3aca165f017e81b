import { dirname, join } from 'node:path';
import type { Config } from '../config.ts';
import type { Account } from '../core.ts';
import { createSandboxAccount } from '../sandbox/account/account.ts';
import { asAccount, builtIn } from './sandbox.ts';

/** The account that the config names. The simulated one keeps itself beside the database. */
export function openAccount(config: Config): Account {
  const clock = { now: () => Date.now() };
  return asAccount(createSandboxAccount({ scenario: builtIn(config.account.scenario), clock, stateFile: join(dirname(config.store.path), 'account.json') }));
}
