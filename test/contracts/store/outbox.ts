import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { explain } from '../../../src/domain/explanation.ts';
import { type Notice, noticeKey, type OutboxItem } from '../../../src/domain/notice.ts';
import { incidentDraft, LOOP, NOON, planDraft } from './drafts.ts';
import type { Place } from './place.ts';

const card = (n: number): Notice => ({ type: 'incident', incidentId: `INC-${n}` });
const plan = (n: number): Notice => ({ type: 'plan', planId: `PLAN-${n}` });
const note = (n: number, text = 'hello'): Notice => ({ type: 'thread', incidentId: `INC-${n}`, note: explain('n', text), mentions: [] });
const notices = (items: readonly OutboxItem[]): Notice[] => items.map((item) => item.notice);

export function outboxContract(make: () => Place): void {
  describe('outbox', () => {
    it('absorbs a notice while one with its key waits, but not while that one is on its way', async () => {
      const { outbox } = await make().open();
      await outbox.add(card(1), NOON);
      await outbox.add(card(1), NOON + 1);
      expect(await outbox.size()).toBe(1);
      const [item] = await outbox.take(NOON + 1, 10);
      await outbox.add(card(1), NOON + 2);
      expect(await outbox.size()).toBe(2);
      await outbox.done(item?.id ?? 0);
      expect(notices(await outbox.take(NOON + 2, 10))).toEqual([card(1)]);
    });

    it('delivers every notice that has no key', async () => {
      const { outbox } = await make().open();
      for (const text of ['a', 'a', 'b']) await outbox.add(note(1, text), NOON);
      expect(await outbox.size()).toBe(3);
    });

    it('never grows with a storm about the same cards', async () => {
      const store = await make().open();
      await store.transaction(async (tx) => {
        for (let n = 0; n < 2000; n++) await tx.outbox.add(card(n % 20), NOON + n);
      });
      expect(await store.outbox.size()).toBe(20);
    });

    it('takes one item of an incident at a time, its plans counting as its own, oldest first', async () => {
      const { outbox, incidents, plans } = await make().open();
      await incidents.open(incidentDraft(), LOOP);
      await plans.create(planDraft({ incidentId: 'INC-1' }), LOOP);
      for (const notice of [card(1), plan(1), note(1), card(2)]) await outbox.add(notice, NOON);
      const first = await outbox.take(NOON, 10);
      expect(notices(first)).toEqual([card(1), card(2)]);
      expect(await outbox.take(NOON, 10)).toEqual([]);
      await outbox.done(first[0]?.id ?? 0);
      const second = await outbox.take(NOON, 10);
      expect(notices(second)).toEqual([plan(1)]);
      await outbox.done(second[0]?.id ?? 0);
      expect(notices(await outbox.take(NOON, 10))).toEqual([note(1)]);
    });

    it('counts tries begun before, waits for the retry, and lets nothing of the incident overtake', async () => {
      const { outbox } = await make().open();
      await outbox.add(card(1), NOON);
      await outbox.add(note(1), NOON);
      const [item] = await outbox.take(NOON, 10);
      expect(item).toMatchObject({ attempts: 0, createdAtMs: NOON });
      await outbox.retry(item?.id ?? 0, NOON + 100, 'rate limited');
      expect(await outbox.take(NOON + 99, 10)).toEqual([]);
      expect(await outbox.take(NOON + 100, 10)).toMatchObject([{ id: item?.id, attempts: 1, notice: card(1) }]);
    });

    it('lets a retried notice absorb what came under its key in the meantime', async () => {
      const { outbox } = await make().open();
      await outbox.add(card(1), NOON);
      const [item] = await outbox.take(NOON, 10);
      await outbox.add(card(1), NOON + 1);
      await outbox.retry(item?.id ?? 0, NOON + 5, 'no answer');
      expect(await outbox.size()).toBe(1);
      expect(await outbox.take(NOON + 5, 10)).toMatchObject([{ id: item?.id, attempts: 1 }]);
    });

    it('makes what a dead process had taken due again, once', async () => {
      const place = make();
      const before = await place.open();
      await before.outbox.add(card(1), NOON);
      await before.outbox.add(note(2), NOON);
      await before.outbox.take(NOON, 10);
      await before.outbox.add(card(1), NOON + 1);
      const { outbox } = await place.open();
      expect(await outbox.take(NOON + 2, 10)).toEqual([]);
      expect(await outbox.release()).toBe(2);
      expect(await outbox.release()).toBe(0);
      expect(await outbox.take(NOON + 2, 10)).toMatchObject([
        { notice: card(1), attempts: 1 },
        { notice: note(2), attempts: 1 },
      ]);
    });

    it('does not let a late answer remove or delay an item that was released', async () => {
      const { outbox } = await make().open();
      await outbox.add(card(1), NOON);
      const [item] = await outbox.take(NOON, 10);
      await outbox.release();
      await outbox.done(item?.id ?? 0);
      await outbox.retry(item?.id ?? 0, NOON + 1000, 'late');
      expect(await outbox.take(NOON, 10)).toHaveLength(1);
    });

    it('gives an item to one of two takers', async () => {
      const place = make();
      const stores = [await place.open(), await place.open()] as const;
      for (let n = 0; n < 10; n++) await stores[0].outbox.add(card(n), NOON);
      const taken = await Promise.all(Array.from({ length: 8 }, (_, n) => stores[n % 2 === 0 ? 0 : 1].outbox.take(NOON, 2)));
      expect(
        taken
          .flat()
          .map((item) => item.id)
          .toSorted((a, b) => a - b),
      ).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    });

    it('delivers each incident in order, and every card after its last change, whatever fails in between', async () => {
      const step = fc.oneof(
        fc.record({ do: fc.constant('add' as const), incident: fc.integer({ min: 1, max: 3 }), note: fc.boolean() }),
        fc.record({ do: fc.constantFrom('take' as const, 'release' as const) }),
        fc.record({ do: fc.constantFrom('done' as const, 'retry' as const), pick: fc.nat(5) }),
      );
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
          const { outbox } = await make().open();
          const delivered: Notice[] = [];
          const dirty = new Set<string>(); // cards changed since they were last taken
          const added: string[] = [];
          let out: OutboxItem[] = [];
          let now = NOON;
          const took = (items: readonly OutboxItem[]): void => {
            out.push(...items);
            for (const item of items) dirty.delete(noticeKey(item.notice) ?? '');
            const lanes = out.map((item) => ('incidentId' in item.notice ? item.notice.incidentId : ''));
            expect(new Set(lanes).size).toBe(lanes.length);
          };
          const finish = async (item: OutboxItem): Promise<void> => {
            await outbox.done(item.id);
            delivered.push(item.notice);
            out = out.filter((each) => each.id !== item.id);
          };
          for (const each of steps) {
            now += 1;
            const item = each.do === 'done' || each.do === 'retry' ? out[each.pick % Math.max(1, out.length)] : undefined;
            if (each.do === 'add') {
              const notice = each.note ? note(each.incident, `note ${now}`) : card(each.incident);
              if (notice.type === 'thread') added.push(notice.note.text);
              dirty.add(noticeKey(notice) ?? '');
              await outbox.add(notice, now);
            } else if (each.do === 'take') took(await outbox.take(now, 2));
            else if (each.do === 'release') {
              await outbox.release();
              out = [];
            } else if (item !== undefined && each.do === 'done') await finish(item);
            else if (item !== undefined) {
              await outbox.retry(item.id, now + 3, 'failed');
              out = out.filter((other) => other.id !== item.id);
            }
          }
          await outbox.release();
          out = [];
          for (let items = await outbox.take(now + 99, 9); items.length > 0; items = await outbox.take(now + 99, 9)) {
            took(items);
            for (const item of items) await finish(item);
          }
          expect(await outbox.size()).toBe(0);
          dirty.delete('');
          expect([...dirty]).toEqual([]);
          for (const incident of [1, 2, 3]) {
            const texts = delivered.flatMap((each) => (each.type === 'thread' && each.incidentId === `INC-${incident}` ? [each.note.text] : []));
            expect(texts).toEqual(added.filter((text) => texts.includes(text)));
          }
          expect(delivered.filter((each) => each.type === 'thread')).toHaveLength(added.length);
        }),
        { numRuns: process.env.OPSLOOP_LONG ? 500 : 20 },
      );
    });
  });
}
