import { describe, expect, test } from 'vitest';
import type { Directory } from '../../src/domain/ports.ts';

/** What `make` must have set up: one person who exists, one group with members, one person who is gone. */
export interface DirectoryScene {
  readonly directory: Directory;
  readonly person: { readonly id: string; readonly name: string; readonly locale: 'en' | 'zh' };
  readonly deactivated: string;
  readonly bot: string;
  readonly group: { readonly id: string; readonly members: readonly string[] };
  /** From now on nothing can be read. */
  readonly breakIt: () => void;
  /** Lets the time pass after which nothing that was read before may be used. */
  readonly wait: () => void;
}

export function directoryContract(name: string, make: () => Promise<DirectoryScene>): void {
  describe(`directory contract: ${name}`, () => {
    test('it knows who people are', async () => {
      const { directory, person, deactivated, bot } = await make();
      expect(await directory.person(person.id)).toMatchObject({ ...person, isBot: false, deactivated: false });
      expect(await directory.person(deactivated)).toMatchObject({ deactivated: true });
      expect(await directory.person(bot)).toMatchObject({ isBot: true });
      expect(await directory.person('U0NOBODY')).toBeNull();
    });

    test('it knows who is in a group', async () => {
      const { directory, group } = await make();
      expect([...(await directory.groupMembers(group.id))].sort()).toEqual([...group.members].sort());
      await expect(directory.groupMembers('S0NOGROUP')).rejects.toMatchObject({ code: 'unavailable' });
    });

    test('it fails closed: no answer is better than an old one', async () => {
      const { directory, person, group, breakIt, wait } = await make();
      await directory.person(person.id);
      await directory.groupMembers(group.id);
      breakIt();
      wait();
      await expect(directory.person(person.id)).rejects.toMatchObject({ code: 'unavailable' });
      await expect(directory.groupMembers(group.id)).rejects.toMatchObject({ code: 'unavailable' });
    });
  });
}
