import { expect } from 'vitest';
import { CATALOGUE } from '../../src/action/catalogue/index.ts';
import { OpsError } from '../../src/domain/errors.ts';
import type { Receipt, RemediationStep, Remediator } from '../../src/domain/ports.ts';
import type { FaultProxy } from './proxy.ts';
import { signal } from './support.ts';

export const step = (action: string, targetId: string, params: RemediationStep['params'] = {}): RemediationStep => ({ action, targetId, params });

export const refused = (code: OpsError['code'], words: string) => (error: unknown) =>
  error instanceof OpsError && error.code === code && `${error.message} ${error.hint}`.includes(words);

/** Reads the inventory, so that what is asked for from now on is the action's own. */
export async function warm(remediator: Remediator, proxy: FaultProxy): Promise<void> {
  await expect(remediator.inspect(step('reboot_instance', 'ec2/i-none'), signal())).rejects.toSatisfy(refused('not_found', 'ec2/i-none'));
  proxy.calls();
}

/**
 * One action from the first look to its end: looked at, tried dry, done once, found again, and taken back where that can be. `state`
 * is what the account says; every request must be one that the catalogue's policy allows.
 */
export async function wholeLife(
  remediator: Remediator,
  proxy: FaultProxy,
  what: RemediationStep,
  state: () => Promise<unknown>,
  expected: { readonly before: unknown; readonly after: unknown; readonly undone?: unknown },
): Promise<Receipt> {
  const facts = CATALOGUE.find((one) => one.name === what.action);
  if (facts === undefined) throw new Error(`no action ${what.action}`);
  await warm(remediator, proxy);
  const calls = new Set<string>();
  const noted = async <T>(work: Promise<T>): Promise<T> => {
    const result = await work;
    for (const call of proxy.calls()) calls.add(call);
    return result;
  };
  const seen = async (): Promise<unknown> => {
    const now = await state();
    proxy.calls(); // the test's own look
    return now;
  };
  expect(await seen()).toEqual(expected.before);
  await noted(remediator.inspect(what, signal()));
  expect((await noted(remediator.dryRun(what, signal()))).text).toContain(what.targetId.split('/').at(-1));
  expect(await seen()).toEqual(expected.before);
  const receipt = await noted(remediator.execute(what, 'life', signal()));
  expect(await seen()).toEqual(expected.after);
  expect(await noted(remediator.execute(what, 'life', signal()))).toEqual(receipt);
  expect(await noted(remediator.lookup(what, 'life', signal()))).toMatchObject({ found: 'yes' });
  if ('undone' in expected) {
    await noted(remediator.rollback(what, receipt, signal()));
    expect(await seen()).toEqual(expected.undone);
  }
  expect(
    [...calls].filter((call) => !facts.iam.includes(call)),
    `${what.action} asked for more than its policy`,
  ).toEqual([]);
  return receipt;
}
