import { describe, expect, test } from 'vitest';
import { explain } from '../../src/domain/explanation.ts';
import type { Notifier } from '../../src/domain/ports.ts';

export interface NotifierScene {
  readonly notifier: Notifier;
  readonly incidentId: string;
  readonly planId: string; // of that incident
  readonly userId: string;
  /** What people see of this now: texts of cards and notes, each with its place. */
  readonly shown: () => readonly { readonly place: 'channel' | 'thread' | 'direct'; readonly text: string }[];
  /** From now on the next delivery is told to slow down. */
  readonly slowDown: () => void;
}

export function notifierContract(name: string, make: () => Promise<NotifierScene>): void {
  const signal = (): AbortSignal => AbortSignal.timeout(10_000);
  describe(`notifier contract: ${name}`, () => {
    test('the same notice twice leaves one card', async () => {
      const { notifier, incidentId, planId, shown } = await make();
      for (const _ of [1, 2]) {
        await notifier.deliver({ type: 'incident', incidentId }, signal());
        await notifier.deliver({ type: 'plan', planId }, signal());
      }
      expect(shown().filter(({ place, text }) => place === 'channel' && text.includes(incidentId))).toHaveLength(1);
      expect(shown().filter(({ place, text }) => place === 'thread' && text.includes(planId))).toHaveLength(1);
    });

    test('notes go where they belong', async () => {
      const { notifier, incidentId, userId, shown } = await make();
      const note = explain('test', 'A word to people.');
      await notifier.deliver({ type: 'thread', incidentId, note, mentions: [] }, signal());
      await notifier.deliver({ type: 'channel', note, mentions: [] }, signal());
      await notifier.deliver({ type: 'direct', userId, note }, signal());
      const places = shown().filter(({ text }) => text.includes(note.text));
      expect(places.map(({ place }) => place).sort()).toEqual(['channel', 'direct', 'thread']);
    });

    test('a notice about what is not there any more shows nothing and is no error', async () => {
      const { notifier, shown } = await make();
      await notifier.deliver({ type: 'incident', incidentId: 'INC-999' }, signal());
      await notifier.deliver({ type: 'plan', planId: 'PLAN-999' }, signal());
      expect(shown()).toEqual([]);
    });

    test('being told to slow down is OpsError("limited") with how long', async () => {
      const { notifier, incidentId, slowDown } = await make();
      slowDown();
      await expect(notifier.deliver({ type: 'incident', incidentId }, signal())).rejects.toMatchObject({
        code: 'limited',
        hint: expect.stringMatching(/\d+ s/),
      });
    });

    test('a delivery that was called off does nothing', async () => {
      const { notifier, incidentId, shown } = await make();
      await expect(notifier.deliver({ type: 'incident', incidentId }, AbortSignal.abort())).rejects.toThrow();
      expect(shown()).toEqual([]);
    });
  });
}
