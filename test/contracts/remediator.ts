import { describe, expect, it } from 'vitest';
import { type ErrorCode, OpsError } from '../../src/domain/errors.ts';
import type { RemediationStep, Remediator } from '../../src/domain/ports.ts';

/** A remediator with steps that fit the account behind it. Each test gets a fresh one. */
export interface RemediatorFixture {
  readonly remediator: Remediator;
  readonly reversible: RemediationStep; // rollback puts it back
  readonly lasting: RemediationStep; // rollback cannot
  readonly unknownTarget: RemediationStep;
  readonly wrongKind: RemediationStep;
  readonly wrongParams: RemediationStep;
  readonly alreadySo: RemediationStep; // asks for what is there already
  /** How often the account was really changed so far. */
  readonly effects: () => number | Promise<number>;
  /** The other side stops answering before it acts. */
  readonly fail: () => void | Promise<void>;
  readonly close?: () => void | Promise<void>;
}

const signal = (): AbortSignal => AbortSignal.timeout(20_000);
const refusedAs =
  (...codes: ErrorCode[]) =>
  (error: unknown): boolean =>
    error instanceof OpsError && codes.includes(error.code) && error.message.length > 10;

export function remediatorContract(name: string, make: () => RemediatorFixture | Promise<RemediatorFixture>): void {
  const test = (title: string, run: (fixture: RemediatorFixture) => Promise<void>): void =>
    it(title, async () => {
      const fixture = await make();
      try {
        await run(fixture);
      } finally {
        await fixture.close?.();
      }
    });

  describe(`${name} is a remediator`, () => {
    test('names itself and the actions it can do', async ({ remediator, reversible, lasting }) => {
      expect(remediator.name).not.toBe('');
      expect(remediator.actions).toContain(reversible.action);
      expect(remediator.actions).toContain(lasting.action);
    });

    test('a dry run says what would happen, names the target, and changes nothing', async ({ remediator, reversible, effects }) => {
      const before = await remediator.inspect(reversible, signal());
      const said = await remediator.dryRun(reversible, signal());
      expect(said.text).toContain(reversible.targetId.split('/').at(-1));
      expect(await effects()).toBe(0);
      expect((await remediator.inspect(reversible, signal())).fingerprint).toBe(before.fingerprint);
    });

    test('executing changes the target once for a key, and gives the first receipt again', async ({ remediator, reversible, effects }) => {
      const before = await remediator.inspect(reversible, signal());
      const first = await remediator.execute(reversible, 'key-1', signal());
      const second = await remediator.execute(reversible, 'key-1', signal());
      expect(second).toEqual(first);
      expect(await effects()).toBe(1);
      expect((await remediator.inspect(reversible, signal())).fingerprint).not.toBe(before.fingerprint);
    });

    test('two calls at the same time with one key act once', async ({ remediator, reversible, effects }) => {
      const [first, second] = await Promise.all([remediator.execute(reversible, 'key-2', signal()), remediator.execute(reversible, 'key-2', signal())]);
      expect(second).toEqual(first);
      expect(await effects()).toBe(1);
    });

    test('lookup knows what was executed and what was not', async ({ remediator, reversible }) => {
      expect((await remediator.lookup(reversible, 'key-3', signal())).found).not.toBe('yes');
      const receipt = await remediator.execute(reversible, 'key-3', signal());
      expect(await remediator.lookup(reversible, 'key-3', signal())).toEqual({ found: 'yes', receipt });
    });

    test('rollback puts the target back, and a second rollback changes nothing more', async ({ remediator, reversible }) => {
      const before = await remediator.inspect(reversible, signal());
      const receipt = await remediator.execute(reversible, 'key-4', signal());
      const undone = await remediator.rollback(reversible, receipt, signal());
      expect((await remediator.inspect(reversible, signal())).fingerprint).toBe(before.fingerprint);
      expect(await remediator.rollback(reversible, receipt, signal())).toEqual(undone);
      expect((await remediator.inspect(reversible, signal())).fingerprint).toBe(before.fingerprint);
    });

    test('rollback refuses what cannot be taken back', async ({ remediator, lasting }) => {
      const receipt = await remediator.execute(lasting, 'key-5', signal());
      await expect(remediator.rollback(lasting, receipt, signal())).rejects.toSatisfy(refusedAs('conflict', 'forbidden'));
    });

    const refusals = [
      ['an unknown target', 'unknownTarget', ['not_found']],
      ['a target of the wrong kind', 'wrongKind', ['invalid_input']],
      ['parameters out of range', 'wrongParams', ['invalid_input']],
      ['what is already so', 'alreadySo', ['conflict']],
    ] as const;
    for (const [what, which, codes] of refusals) {
      test(`refuses ${what}, in dry run and in execution, and does nothing`, async (fixture) => {
        const step = fixture[which];
        await expect(fixture.remediator.dryRun(step, signal())).rejects.toSatisfy(refusedAs(...codes));
        await expect(fixture.remediator.execute(step, `key-${which}`, signal())).rejects.toSatisfy(refusedAs(...codes));
        expect(await fixture.effects()).toBe(0);
      });
    }

    test('refuses an action it does not know', async ({ remediator, reversible, effects }) => {
      const step = { ...reversible, action: 'drop_everything' };
      await expect(remediator.execute(step, 'key-6', signal())).rejects.toSatisfy(refusedAs('not_found', 'invalid_input'));
      expect(await effects()).toBe(0);
    });

    test('throws "unavailable" when the other side does not answer', async ({ remediator, reversible, fail }) => {
      await fail();
      await expect(remediator.execute(reversible, 'key-7', signal())).rejects.toSatisfy(refusedAs('unavailable'));
    });
  });
}
