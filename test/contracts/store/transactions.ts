import { describe, expect, it } from 'vitest';
import type { Repositories } from '../../../src/domain/store.ts';
import { incidentDraft, LOOP, minutes, NOON, planDraft, series } from './drafts.ts';
import type { Place } from './place.ts';

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

export function transactionContract(make: () => Place): void {
  describe('transactions', () => {
    it('keep all or nothing', async () => {
      const store = await make().open();
      const failing = store.transaction(async (tx) => {
        await tx.incidents.open(incidentDraft(), LOOP);
        await tx.metrics.append([series('CPUUtilization', minutes(NOON, 1))]);
        await tx.outbox.add({ type: 'incident', incidentId: 'INC-1' }, NOON);
        throw new Error('on purpose');
      });
      await expect(failing).rejects.toThrow('on purpose');
      expect(await store.incidents.list({ limit: 9 })).toEqual([]);
      expect(await store.outbox.size()).toBe(0);
      expect(await store.audit.verify()).toEqual({ rows: 0, brokenAt: null, reason: null });
      await store.metrics.append([series('CPUUtilization', minutes(NOON, 1, 2))]);
      expect((await store.metrics.appendedSince(0, 9)).series[0]?.points).toHaveLength(2);
    });

    it('see their own changes, which nobody outside sees before the end', async () => {
      const place = make();
      const [store, other] = [await place.open(), await place.open()];
      let look = (): void => undefined;
      const outside = new Promise<readonly unknown[]>((resolve) => {
        look = () => void Promise.all([store.incidents.get('INC-1'), other.incidents.get('INC-1'), store.outbox.size()]).then(resolve);
      });
      const watcher = pause(20).then(() => look());
      const answer = await store.transaction(async (tx) => {
        await tx.incidents.open(incidentDraft(), LOOP);
        await pause(40);
        await tx.outbox.add({ type: 'incident', incidentId: 'INC-1' }, NOON);
        return tx.incidents.get('INC-1');
      });
      await watcher;
      expect(answer).toMatchObject({ id: 'INC-1' });
      expect(await outside).toEqual([null, null, 0]);
      expect(await other.incidents.get('INC-1')).toEqual(answer);
    });

    it('run one after the other, also over two connections', async () => {
      const place = make();
      const stores = [await place.open(), await place.open()] as const;
      await Promise.all(
        Array.from({ length: 12 }, (_, n) =>
          stores[n % 2 === 0 ? 0 : 1].transaction(async (tx) => {
            const before = (await tx.watermarks.get('counter')) ?? 0;
            await pause(1);
            await tx.watermarks.set('counter', before + 1);
          }),
        ),
      );
      expect(await stores[0].watermarks.get('counter')).toBe(12);
    });

    it('refuse the store itself inside, in words, instead of waiting for ever', async () => {
      const store = await make().open();
      const write = store.transaction(() => store.watermarks.set('a', 1));
      await expect(write).rejects.toMatchObject({ code: 'internal', message: expect.stringContaining('inside a transaction') as string });
      await expect(store.transaction(() => store.transaction(async () => 1))).rejects.toMatchObject({ code: 'internal' });
      await expect(store.transaction(() => store.watermarks.get('a'))).rejects.toMatchObject({ code: 'internal' });
      await store.watermarks.set('a', 2);
      expect(await store.watermarks.get('a')).toBe(2);
    });

    it('are over when they are over: what was started inside may use the store afterwards, but not the transaction', async () => {
      const store = await make().open();
      let later: Promise<void> = Promise.resolve();
      let kept: Repositories | null = null;
      await store.transaction(async (tx) => {
        kept = tx;
        later = pause(20).then(() => store.watermarks.set('later', 1));
      });
      await later;
      expect(await store.watermarks.get('later')).toBe(1);
      await expect((kept as Repositories | null)?.watermarks.set('late', 1)).rejects.toMatchObject({ code: 'internal' });
    });

    it('keep a call that failed inside from being half there when the failure is caught', async () => {
      const store = await make().open();
      const circular: Record<string, unknown> = {};
      circular['self'] = circular;
      await store.plans.create(planDraft(), LOOP);
      await store.transaction(async (tx) => {
        const move = { from: ['proposed'] as const, to: 'cancelled' as const, actor: LOOP, verb: 'plan.cancelled', atMs: NOON, detail: circular };
        await expect(tx.plans.move('PLAN-1', move)).rejects.toThrow();
        await tx.watermarks.set('after', 1);
      });
      expect((await store.plans.get('PLAN-1'))?.state).toBe('proposed');
      expect(await store.watermarks.get('after')).toBe(1);
    });
  });

  it('keeps everything over a restart', async () => {
    const place = make();
    const before = await place.open();
    const incident = await before.incidents.open(incidentDraft(), LOOP);
    const plan = await before.plans.create(planDraft({ incidentId: incident.id }), LOOP);
    await before.metrics.append([series('CPUUtilization', minutes(NOON, 1, 2))]);
    await before.outbox.add({ type: 'incident', incidentId: incident.id }, NOON);
    await before.close();
    const after = await place.open();
    expect(await after.incidents.get(incident.id)).toEqual(incident);
    expect(await after.plans.get(plan.id)).toEqual(plan);
    expect((await after.metrics.appendedSince(0, 9)).sequence).toBe(2);
    expect(await after.outbox.size()).toBe(1);
    expect(await after.audit.verify()).toMatchObject({ rows: 2, brokenAt: null });
    expect((await after.incidents.open(incidentDraft(), LOOP)).id).toBe('INC-2');
  });

  it('says so when it is used after it was closed', async () => {
    const store = await make().open();
    await store.close();
    await store.close();
    await expect(store.watermarks.get('a')).rejects.toMatchObject({ code: 'unavailable' });
    await expect(store.watermarks.set('a', 1)).rejects.toMatchObject({ code: 'unavailable' });
    await expect(store.transaction(async () => 1)).rejects.toMatchObject({ code: 'unavailable' });
  });
}
