import type { Account } from '../base.ts';
import type { SandboxAccount } from '../sandbox/account/account.ts';

/** A simulated account as the composition root takes it. */
export function asAccount(account: SandboxAccount): Account {
  const { metrics, logs, changes, alarms, topology, remediator } = account;
  return { sources: { metrics: [metrics], logs: [logs], changes: [changes], alarms: [alarms], topology: [topology] }, remediator };
}
