import { describe, expect, it } from 'vitest';
import { waitFor } from '../../support/wait.ts';
import { LOOP, NOON, planDraft } from './drafts.ts';
import type { Place } from './place.ts';

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

export function wakeContract(make: () => Place): void {
  describe('waking others', () => {
    it('tells listeners of a channel, and those of no other, until they end it', async () => {
      const { wake } = await make().open();
      const heard: string[] = [];
      const end = wake.subscribe('knowledge', (payload) => void (payload === '' || heard.push(payload)));
      wake.subscribe('other', (payload) => void (payload === '' || heard.push('other')));
      await waitFor(async () => {
        await wake.publish('knowledge', "it's 模式");
        return heard.length > 0;
      });
      expect(new Set(heard)).toEqual(new Set(["it's 模式"]));
      end();
      const before = heard.length;
      await wake.publish('knowledge', 'late');
      await pause(60);
      expect(heard.length).toBe(before);
    });

    it('says when a switch, a plan or the outbox has changed, once that is committed and not when it was taken back', async () => {
      const store = await make().open();
      const heard = new Set<string>();
      for (const channel of ['switches', 'plans', 'outbox'])
        store.wake.subscribe(channel, (payload) => void (payload === '' || heard.add(`${channel} ${payload}`)));
      await waitFor(async () => {
        await store.switches.off({ scope: 'ready', by: LOOP, reason: '', atMs: NOON });
        return heard.has('switches ready');
      });
      const failing = store.transaction(async (tx) => {
        await tx.switches.off({ scope: 'all', by: LOOP, reason: '', atMs: NOON });
        throw new Error('on purpose');
      });
      await expect(failing).rejects.toThrow('on purpose');
      await store.transaction(async (tx) => {
        const plan = await tx.plans.create(planDraft(), LOOP);
        await tx.outbox.add({ type: 'plan', planId: plan.id }, NOON);
        await pause(30);
        expect([...heard]).toEqual(['switches ready']);
      });
      await waitFor(async () => heard.size >= 3);
      expect(heard).toEqual(new Set(['switches ready', expect.stringMatching(/^plans PLAN-\d+$/), expect.stringMatching(/^outbox /)]));
    });
  });
}
